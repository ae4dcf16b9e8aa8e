/// An X.509 certificate (RFC 5280); the caller decides whether to trust it, since its signature is not checked.
package struct Certificate: Sendable, Equatable {
    /// The largest accepted certificate, in bytes of DER.
    package static let byteCountMax = 16 << 10

    package let der: [UInt8]
    /// The subject's public key.
    package let key: VerificationKey
    /// The first second of validity, Unix time.
    package let notBefore: UInt64
    /// The last second of validity, Unix time.
    package let notAfter: UInt64
    /// Whether the certificate's key usage allows signatures; true when the extension is absent.
    package let maySign: Bool
    /// The purposes in the extended key usage, as dotted OIDs; empty when the extension is absent.
    package let extendedKeyUsages: [String]

    /// The first 8 bytes of SHA-256 over the DER: the key identifier of health certificates.
    package var identifier8: [UInt8] {
        Array(DigestAlgorithm.sha256.digest(der).prefix(8))
    }

    /// Reads one certificate in DER, with nothing after it.
    ///
    /// - Throws: `certificate_malformed`, and the errors of ``VerificationKey/init(foreignSPKI:)`` for its key.
    package init(der: [UInt8]) throws(SigningError) {
        guard der.count <= Self.byteCountMax, let parsed = ParsedCertificate(der),
            let notBefore = parsed.notBefore, let notAfter = parsed.notAfter,
            let spki = parsed.spki, let extendedKeyUsages = parsed.extendedKeyUsages
        else { throw Self.malformed("\(der.count) bytes that are not an X.509 certificate") }
        self.der = der
        self.notBefore = notBefore
        self.notAfter = notAfter
        maySign = parsed.maySign
        self.extendedKeyUsages = extendedKeyUsages
        key = try VerificationKey(foreignSPKI: spki)
    }

    private static func malformed(_ reason: String) -> SigningError {
        SigningError(
            code: .certificateMalformed, reason: reason, hint: "give one certificate in DER")
    }
}
