package import Signing

/// The two seals of a person code: a domain's identifier for the holder, which only that domain's gates can read.
package struct Seals: Sendable {
    package static let byteCount = 32
    package static let identifierByteCount = 12

    /// What follows the identifier in a block; it tells a gate that its key fits.
    private static let zeros: [UInt8] = [0, 0, 0, 0]

    private let suite: Suite
    private let cti: [UInt8]

    /// The seals of one credential.
    ///
    /// - Parameters:
    ///   - suite: the issuer's; says which cipher and digest.
    ///   - cti: the credential's id, so that no key is used twice.
    package init(suite: Suite, cti: [UInt8]) {
        self.suite = suite
        self.cti = cti
    }

    /// Seals what is given and fills the rest at random, so that nobody without a key can tell which is which.
    ///
    /// - Parameters:
    ///   - identifiers: the 12-byte identifier and the epoch key of each domain the holder has linked.
    ///   - random: fills what is not linked.
    /// - Returns: 32 bytes: medical, then transit.
    /// - Throws: `malformed` for an identifier that is not 12 bytes, `signing_failed`.
    package func sealed(
        _ identifiers: [SealDomain: (identifier: [UInt8], epochKey: EpochKey)], random: some RandomSource
    ) throws(CredentialError) -> [UInt8] {
        var seals: [UInt8] = []
        for domain in SealDomain.allCases {
            do {
                guard let (identifier, epochKey) = identifiers[domain] else {
                    seals.append(contentsOf: try random.bytes(SealCipher.blockByteCount))
                    continue
                }
                guard identifier.count == Self.identifierByteCount else { break }
                let key = try sealKey(domain, epochKey: epochKey)
                seals.append(contentsOf: try suite.sealCipher.encryptBlock(identifier + Self.zeros, key: key))
            } catch {
                throw CredentialError(error)
            }
        }
        guard seals.count == Self.byteCount else {
            throw CredentialError(
                code: .malformed, reason: "a domain's identifier is not 12 bytes", hint: "give 24 hexadecimal digits")
        }
        return seals
    }

    /// Opens one domain's seal.
    ///
    /// - Parameters:
    ///   - seals: the 32 bytes of the credential.
    ///   - domain: whose half.
    ///   - epochKey: that domain's key of the day the credential was issued.
    /// - Returns: 12 bytes; nil where the holder is not linked or the key is another day's, which cannot be told apart.
    /// - Throws: `malformed` for seals that are not 32 bytes, `signing_failed`.
    package func opened(
        _ seals: [UInt8], domain: SealDomain, epochKey: EpochKey
    ) throws(CredentialError) -> [UInt8]? {
        guard seals.count == Self.byteCount else { throw .malformed("seals of \(seals.count) bytes, not 32") }
        let block = Array(seals[domain.offset..<domain.offset + SealCipher.blockByteCount])
        do {
            let plain = try suite.sealCipher.decryptBlock(block, key: sealKey(domain, epochKey: epochKey))
            guard plain[Self.identifierByteCount...].elementsEqual(Self.zeros) else { return nil }
            return Array(plain[..<Self.identifierByteCount])
        } catch {
            throw CredentialError(error)
        }
    }

    private func sealKey(_ domain: SealDomain, epochKey: EpochKey) throws(SigningError) -> [UInt8] {
        try HKDF.derive(
            suite.digest, key: epochKey.bytes, salt: cti, info: Array("suishen seal v1".utf8) + domain.rawValue.utf8,
            byteCount: suite.sealCipher.keyByteCount)
    }
}
