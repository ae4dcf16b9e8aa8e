import Encoding
package import Signing

/// A key that signs notes, under its name (C2SP signed-note): an Ed25519 key of a log or of a witness.
package struct NoteKey: Sendable, Equatable {
    /// What the signature is made over.
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
        guard key.algorithm == .ed25519 else { throw Self.malformed("a note is signed by Ed25519 only") }
        guard Self.isName(name) else { throw Self.malformed("a key name that is empty, too long or has spaces or +") }
        self.name = name
        self.kind = kind
        self.key = key
    }

    /// Reads `name+hash+base64`.
    ///
    /// - Throws: `malformed_key` when any of the three does not fit the others.
    package init(vkey: String) throws(TraceLogError) {
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard vkey.utf8.count <= 1024, parts.count == 3 else { throw Self.malformed("no name+hash+key") }
        let decoded: [UInt8]
        do { decoded = try Base64.decode(parts[2]) } catch { throw Self.malformed("key bytes that are no Base64") }
        guard let first = decoded.first, let kind = Kind(rawValue: first) else {
            throw Self.malformed("a signature type that is neither Ed25519 (1) nor cosignature/v1 (4)")
        }
        let key: VerificationKey
        do {
            key = try VerificationKey(raw: Array(decoded.dropFirst()), algorithm: .ed25519)
        } catch {
            throw Self.malformed(error.reason)
        }
        try self.init(name: String(parts[0]), kind: kind, key: key)
        guard parts[1] == Hex.encode(identifier) else {
            throw Self.malformed("a hash that is not the one of this name and key")
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
