package import Signing

/// A domain's key for the credentials of one day.
package struct EpochKey: Sendable, Equatable {
    package static let byteCount = 32

    /// 32 bytes; a secret.
    package let bytes: [UInt8]

    /// Takes a key's bytes; nil where they are not 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Derives a day's key from the domain's master key.
    ///
    /// - Parameters:
    ///   - masterKey: 32 bytes that never leave the issuer.
    ///   - day: days since 1970-01-01 (UTC), of the credential's `iat`.
    ///   - suite: the issuer's suite, which determines the digest.
    /// - Throws: `signing_failed`.
    package init(masterKey: [UInt8], day: UInt64, suite: Suite) throws(CredentialError) {
        let number = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: day >> UInt64($0)) }
        do {
            bytes = try HKDF.derive(
                suite.digest, key: masterKey, salt: [], info: Array("suishen epoch v1".utf8) + number,
                byteCount: Self.byteCount)
        } catch {
            throw CredentialError(error)
        }
    }
}
