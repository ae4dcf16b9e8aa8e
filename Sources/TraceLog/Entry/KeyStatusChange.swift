import Encoding
package import Signing

/// That an actor's key is good from here on, or no longer is.
///
/// `{0: 2, 1: actor USCC, 2: key id, 3: status, 4: algorithm, 5: public key (SPKI), 6: reason | null}`, in the log's
/// own chain. An entry signed by a key is judged by the newest change before its index.
package struct KeyStatusChange: Sendable, Equatable {
    /// In the order in which a key's life goes: it may be said again, and never goes back.
    package enum Status: UInt64, Sendable, Comparable {
        case active = 0
        case retired = 1
        case revoked = 2

        package static func < (left: Status, right: Status) -> Bool { left.rawValue < right.rawValue }
    }

    package static let keyIdentifierByteCount = 16

    package var actor: String
    package var keyIdentifier: [UInt8]
    package var status: Status
    package var algorithm: SignatureAlgorithm
    package var publicKey: [UInt8]
    package var reason: String?

    package init(actor: String, status: Status, key: VerificationKey, reason: String? = nil) {
        self.actor = actor
        keyIdentifier = Self.keyIdentifier(of: key)
        self.status = status
        algorithm = key.algorithm
        publicKey = key.spki
        self.reason = reason
    }

    /// The first 16 bytes of SHA-256 over the SubjectPublicKeyInfo; 4 would let someone make a second key with them.
    package static func keyIdentifier(of key: VerificationKey) -> [UInt8] {
        Array(DigestAlgorithm.sha256.digest(key.spki).prefix(keyIdentifierByteCount))
    }

    func write(to writer: inout CBORWriter) throws(TraceLogError) {
        try EventLimits.check(actor, "an actor")
        if let reason { try EventLimits.check(reason, "a reason") }
        writer.map(count: 7)
        writer.unsigned(0)
        writer.unsigned(LogEvent.Kind.keyStatus.rawValue)
        writer.unsigned(1)
        writer.text(actor)
        writer.unsigned(2)
        writer.byteString(keyIdentifier)
        writer.unsigned(3)
        writer.unsigned(status.rawValue)
        writer.unsigned(4)
        writer.integer(algorithm.rawValue)
        writer.unsigned(5)
        writer.byteString(publicKey)
        writer.unsigned(6)
        EventLimits.write(reason, to: &writer)
    }

    static func read(_ reader: inout CBORReader, _ map: inout EventMapReader) throws -> KeyStatusChange {
        try map.expect(1, &reader)
        let actor = try EventLimits.readText(&reader)
        try map.expect(2, &reader)
        let keyIdentifier = Array(try reader.readByteString())
        try map.expect(3, &reader)
        let status = Status(rawValue: try reader.readUnsigned())
        try map.expect(4, &reader)
        let algorithm = SignatureAlgorithm(rawValue: try reader.readInteger())
        try map.expect(5, &reader)
        let publicKey = Array(try reader.readByteString())
        try map.expect(6, &reader)
        let reason = try EventLimits.readOptionalText(&reader)
        try map.finish(&reader)
        guard let status, let algorithm else { throw TraceLogError.entry("an unknown key status or algorithm") }
        guard let key = try? VerificationKey(spki: publicKey), key.algorithm == algorithm,
            Self.keyIdentifier(of: key) == keyIdentifier, key.spki == publicKey
        else { throw TraceLogError.entry("a key that is not the one its id and algorithm say") }
        return KeyStatusChange(actor: actor, status: status, key: key, reason: reason)
    }
}
