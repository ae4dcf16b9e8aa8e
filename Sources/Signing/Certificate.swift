/// An X.509 certificate (RFC 5280); its content is not trusted until its signer is.
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
    /// The purposes in the extended key usage, as dotted OIDs; empty when the extension is absent.
    package let extendedKeyUsages: [String]
    /// The subject's name in DER.
    package let subject: [UInt8]
    /// The issuer's name in DER.
    package let issuer: [UInt8]

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
            let spki = parsed.spki, let subject = parsed.subject, let issuer = parsed.issuer,
            let extendedKeyUsages = parsed.extendedKeyUsages
        else { throw Self.malformed("\(der.count) bytes that are not an X.509 certificate") }
        self.der = der
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.subject = subject
        self.issuer = issuer
        self.extendedKeyUsages = extendedKeyUsages
        key = try VerificationKey(foreignSPKI: spki)
    }

    /// Reads the first PEM block, which must be a `CERTIFICATE`.
    ///
    /// - Throws: as ``init(der:)``.
    package init(pem: [UInt8]) throws(SigningError) {
        guard pem.count <= 2 * Self.byteCountMax, let document = PEMDocument(pem), document.label == "CERTIFICATE"
        else { throw Self.malformed("the \(pem.count) bytes have no PEM block CERTIFICATE") }
        try self.init(der: document.der)
    }

    /// Whether the key signed this certificate; false for signature algorithms over SHA-1 and MD5.
    package func isSigned(by key: VerificationKey) -> Bool {
        ParsedCertificate(der)?.isSigned(by: key.spki) ?? false
    }

    /// Whether the subject of `other` issued this certificate: by its name and by its key.
    package func isSigned(by other: Certificate) -> Bool {
        issuer == other.subject && isSigned(by: other.key)
    }

    private static func malformed(_ reason: String) -> SigningError {
        SigningError(
            code: .certificateMalformed, reason: reason, hint: "give one certificate in DER, or in PEM")
    }
}
