import Encoding
package import Signing

/// A change of the status of an actor's key, from this entry on.
///
/// `{0: 2, 1: actor USCC, 2: key id, 3: status, 4: algorithm, 5: public key (SPKI), 6: reason | null}`, in the log's
/// own chain. A signed entry is judged by the newest change of its key before it.
package struct KeyStatusChange: Sendable, Equatable {
    /// In the order of a key's life: a status may be repeated, and never goes back.
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

    /// The first 16 bytes of SHA-256 over the SubjectPublicKeyInfo; for 4 bytes a second key could be made.
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

    static func read(_ reader: inout EntryReader, _ map: inout EventMapReader) throws(TraceLogError) -> KeyStatusChange
    {
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
        guard let status, let algorithm else { throw .entry("the key's status or algorithm is unknown") }
        guard let key = try? VerificationKey(spki: publicKey), key.algorithm == algorithm,
            Self.keyIdentifier(of: key) == keyIdentifier, key.spki == publicKey
        else { throw .entry("the public key does not match its identifier and algorithm") }
        return KeyStatusChange(actor: actor, status: status, key: key, reason: reason)
    }
}
