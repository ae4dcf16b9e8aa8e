package import Signing

import Encoding

/// A key that may sign foreign codes, with its key identifiers.
package struct ForeignKey: Sendable {
    package let key: VerificationKey
    /// The key's certificate; nil for a bare key.
    package let certificate: Certificate?
    /// Every key identifier of this key.
    package let identifiers: [[UInt8]]

    init(certificate: Certificate) {
        key = certificate.key
        self.certificate = certificate
        identifiers = [certificate.identifier8]
    }

    init(key: VerificationKey, identifiers: [[UInt8]]) {
        self.key = key
        certificate = nil
        self.identifiers = identifiers + [key.keyIdentifier, Array(DigestAlgorithm.sha256.digest(key.spki).prefix(8))]
    }

    /// The failure of the certificate's validity period; nil if it is valid at `now`, and for a bare key.
    func timeFailure(at now: UInt64) -> ForeignFailure? {
        guard let certificate else { return nil }
        if certificate.notBefore > now, certificate.notBefore - now > ForeignClaims.skewSeconds {
            return .notYetValid
        }
        return now > certificate.notAfter ? .keyExpired : nil
    }
}

/// The keys a `--trust` file holds: certificates or public keys in PEM or DER, or a JWK set (RFC 7517).
package struct ForeignTrust: Sendable {
    /// The largest file taken, in bytes: the whole EU list is under 1 MiB.
    package static let byteCountMax = 8 << 20
    /// The most keys taken from one file.
    package static let keyCountMax = 10_000

    package let keys: [ForeignKey]
    /// The number of skipped keys: of unsupported types (P-521, RSA under 2,048 bits), or not for such signatures.
    package let passedOverCount: Int

    package init(keys: [ForeignKey]) {
        self.keys = keys
        passedOverCount = 0
    }

    /// Reads a file's content and recognises its format by its beginning.
    ///
    /// Skips keys of unsupported types, so that one of them does not disable the whole file.
    ///
    /// - Throws: `trust_unreadable` if the file holds no key or is broken, `trust_too_large`.
    package init(_ bytes: [UInt8]) throws(ForeignTrustError) {
        guard bytes.count <= Self.byteCountMax else { throw .tooLarge(bytes.count) }
        let text = ByteOrderMark.removed(from: bytes)
        let found: [ForeignKey?] =
            switch text.first(where: { $0 > 0x20 }) {
            case 0x30 where bytes.first == 0x30 && !Self.isText(bytes): [try Self.key(der: bytes)]
            case _ where Self.hasPEMBlock(text): try Self.keys(pem: text)
            case 0x7B, 0x5B: try Self.keys(json: text)
            default: try Self.keys(bare: text)
            }
        guard !found.isEmpty else { throw .unreadable("it holds no key") }
        guard found.count <= Self.keyCountMax else { throw .unreadable("it holds more than \(Self.keyCountMax) keys") }
        let keys = found.compactMap { $0 }
        passedOverCount = found.count - keys.count
        self.keys = keys
    }

    static func key(der: [UInt8]) throws(ForeignTrustError) -> ForeignKey? {
        if let certificate = try? Certificate(der: der) {
            return certificate.maySign ? ForeignKey(certificate: certificate) : nil
        }
        do {
            return ForeignKey(key: try VerificationKey(foreignSPKI: der), identifiers: [])
        } catch {
            // A DER sequence of this size: a certificate or a public key of an unsupported type.
            guard der.count > 64, der.first == 0x30 else { throw .unreadable(error.reason) }
            return nil
        }
    }

    /// A certificate in Base64 alone, or a raw public key in hex: 32 bytes Ed25519, 33 or 65 P-256.
    private static func keys(bare bytes: ArraySlice<UInt8>) throws(ForeignTrustError) -> [ForeignKey?] {
        let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        if let raw = try? Hex.decode(text) {
            let algorithm: SignatureAlgorithm = raw.count == 32 ? .ed25519 : .es256
            guard let key = try? VerificationKey(raw: raw, algorithm: algorithm) else {
                throw .unreadable("its \(raw.count) bytes in hex are not a public key")
            }
            return [ForeignKey(key: key, identifiers: [])]
        }
        guard let der = try? Base64.decode(text) else { throw .unreadable("it is neither PEM, DER, JWK nor hex") }
        return [try key(der: der)]
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { (0x20..<0x7F).contains($0) || (0x09...0x0D).contains($0) }
    }
}

/// The error of a trust file that cannot be read.
package struct ForeignTrustError: Error, Equatable, Sendable {
    /// The stable codes.
    package enum Code: String, Sendable, CaseIterable {
        case unreadable = "trust_unreadable"
        case tooLarge = "trust_too_large"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    static func unreadable(_ reason: String) -> ForeignTrustError {
        ForeignTrustError(
            code: .unreadable, reason: "the trust file cannot be used: \(reason)",
            hint: "give certificates in PEM or DER, or a JWK set")
    }

    static func tooLarge(_ byteCount: Int) -> ForeignTrustError {
        ForeignTrustError(
            code: .tooLarge, reason: "the trust file has \(byteCount) bytes, more than \(ForeignTrust.byteCountMax)",
            hint: "name the file that holds the issuers' keys")
    }
}
