import Encoding
package import Signing

/// A gate's identifier: the first 16 bytes of SHA-256 over its signing key's SPKI.
package struct GateIdentifier: Sendable, Hashable {
    package static let byteCount = 16

    package let bytes: [UInt8]

    package init(of key: VerificationKey) {
        bytes = Array(DigestAlgorithm.sha256.digest(key.spki).prefix(Self.byteCount))
    }

    /// Takes the bytes of an identifier; nil for another length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads 32 lower-case hexadecimal digits; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 2 * Self.byteCount, let bytes = try? Hex.decode(text), Hex.encode(bytes) == text
        else { return nil }
        self.bytes = bytes
    }

    /// The identifier in hex.
    package var text: String { Hex.encode(bytes) }
}
