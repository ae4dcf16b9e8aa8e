import Encoding
package import Signing

/// A named key that signs notes (C2SP signed-note): an Ed25519 key of a log or of a witness.
package struct NoteKey: Sendable, Equatable {
    /// The message that the key signs.
    package enum Kind: UInt8, Sendable {
        /// The note's text itself.
        case ed25519 = 0x01
        /// A time and the note's text (C2SP tlog-cosignature, cosignature/v1).
        case cosignature = 0x04
    }

    package static let nameByteCountMax = 255

    package let name: String
    package let kind: Kind
    package let key: VerificationKey

    /// Takes a key under a name.
    ///
    /// - Throws: `malformed_key` when the key is not Ed25519 or the name is empty or has spaces, `+` or controls.
    package init(name: String, kind: Kind, key: VerificationKey) throws(TraceLogError) {
        guard key.algorithm == .ed25519 else {
            throw Self.malformed("the key is not Ed25519, which notes are signed with")
        }
        guard Self.isName(name) else {
            throw Self.malformed("the key's name is empty, too long, or has a space or a +")
        }
        self.name = name
        self.kind = kind
        self.key = key
    }

    /// Reads `name+hash+base64`.
    ///
    /// - Throws: `malformed_key` when a part is malformed or the hash does not match.
    package init(vkey: String) throws(TraceLogError) {
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard vkey.utf8.count <= 1024, parts.count == 3 else {
            throw Self.malformed("the key is not written as name+hash+base64")
        }
        let decoded: [UInt8]
        do { decoded = try Base64.decode(parts[2]) } catch { throw Self.malformed("the key's bytes are not Base64") }
        guard let first = decoded.first, let kind = Kind(rawValue: first) else {
            throw Self.malformed("the key's type is neither Ed25519 (1) nor cosignature/v1 (4)")
        }
        let key: VerificationKey
        do {
            key = try VerificationKey(raw: Array(decoded.dropFirst()), algorithm: .ed25519)
        } catch {
            throw Self.malformed(error.reason)
        }
        try self.init(name: String(parts[0]), kind: kind, key: key)
        guard parts[1] == Hex.encode(identifier) else {
            throw Self.malformed("the key's hash does not match its name and bytes")
        }
    }

    /// SHA-256(name ‖ 0x0A ‖ kind ‖ public key), the first 4 bytes.
    package var identifier: [UInt8] {
        Array(DigestAlgorithm.sha256.digest(Array(name.utf8) + [0x0A, kind.rawValue] + key.raw).prefix(4))
    }

    /// The key as text: `name+hash+base64`.
    package var vkey: String {
        "\(name)+\(Hex.encode(identifier))+\(Base64.encode([kind.rawValue] + key.raw))"
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        let isShort = (1...nameByteCountMax).contains(name.utf8.count)
        return isShort
            && name.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
    }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedKey, reason: reason, hint: "give the verifier key as the log or witness publishes it")
    }
}
