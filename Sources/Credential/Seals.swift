package import Signing

/// The two seals of a person code: a domain's identifier for the holder, which only that domain's gates can read.
package struct Seals: Sendable {
    package static let byteCount = PersonClaims.sealsByteCount
    package static let identifierByteCount = 12

    /// The bytes after the identifier in a block, by which a gate recognises that its key is the right one.
    private static let zeros: [UInt8] = [0, 0, 0, 0]

    private let suite: Suite
    private let cti: [UInt8]

    /// The seals of one credential.
    ///
    /// - Parameters:
    ///   - suite: the issuer's suite, which determines cipher and digest.
    ///   - cti: the credential's id, which makes the key of every seal different.
    package init(suite: Suite, cti: [UInt8]) {
        self.suite = suite
        self.cti = cti
    }

    /// Seals the given identifiers and fills the other seals with random bytes; without a key they look alike.
    ///
    /// - Parameters:
    ///   - identifiers: the 12-byte identifier and the epoch key of each domain that the holder has linked.
    ///   - random: gives the bytes for the other domains.
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
    ///   - domain: the domain whose seal is opened.
    ///   - epochKey: that domain's key of the day the credential was issued.
    /// - Returns: 12 bytes; nil where the holder has not linked the domain, or the key is of another day; these two
    ///   cases look alike.
    /// - Throws: `malformed` for seals that are not 32 bytes, `signing_failed`.
    package func opened(
        _ seals: [UInt8], domain: SealDomain, epochKey: EpochKey
    ) throws(CredentialError) -> [UInt8]? {
        guard seals.count == Self.byteCount else { throw .malformed("seals of \(seals.count) bytes, expected 32") }
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

/// The domain whose gates can read a seal.
package enum SealDomain: String, Sendable, CaseIterable {
    case medical
    case transit

    /// The offset of the domain's 16 bytes.
    var offset: Int { self == .medical ? 0 : 16 }
}
