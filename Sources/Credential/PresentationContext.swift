import Encoding

/// The time of a showing and the gate's challenge: the claims that a countersignature covers.
package struct PresentationContext: Sendable, Equatable {
    package static let challengeByteCounts = 8...16

    private static let challengeKey: Int64 = 10

    /// Seconds since 1970-01-01T00:00:00Z, by the phone's clock.
    package let time: UInt64
    /// The gate's nonce, 8 to 16 bytes; nil where the gate gave none.
    package let challenge: [UInt8]?

    /// Takes a time and a challenge.
    ///
    /// - Parameters:
    ///   - time: the phone's clock.
    ///   - challenge: 8 to 16 bytes.
    /// - Throws: `bad_presentation` for a challenge of another length.
    package init(time: UInt64, challenge: [UInt8]?) throws(CredentialError) {
        if let challenge, !Self.challengeByteCounts.contains(challenge.count) {
            throw CredentialError(
                code: .badPresentation, reason: "a challenge of \(challenge.count) bytes, expected 8 to 16",
                hint: "give 16 to 32 hexadecimal digits")
        }
        self.time = time
        self.challenge = challenge
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let count = try reader.readMapHeader()
        guard (1...2).contains(count), try reader.readIntegerKey(after: nil) == ClaimKey.issuedAt else {
            throw Self.refused
        }
        time = try reader.readUnsigned()
        var challenge: [UInt8]?
        if count == 2 {
            guard try reader.readIntegerKey(after: ClaimKey.issuedAt) == Self.challengeKey else { throw Self.refused }
            challenge = Array(try reader.readByteString())
        }
        if let challenge, !Self.challengeByteCounts.contains(challenge.count) { throw Self.refused }
        self.challenge = challenge
    }

    /// The encoded map: the external data of the countersignature.
    func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: 28)
        writer.map(count: challenge == nil ? 1 : 2)
        writer.integer(ClaimKey.issuedAt)
        writer.unsigned(time)
        if let challenge {
            writer.integer(Self.challengeKey)
            writer.byteString(challenge)
        }
        return writer.bytes
    }

    private static var refused: CBORError {
        CBORError(
            code: .unexpectedType, reason: "parameter 15 must have a time, and may have a challenge of 8 to 16 bytes")
    }
}
