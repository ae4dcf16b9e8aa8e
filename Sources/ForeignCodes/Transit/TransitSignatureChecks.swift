import Signing

/// The CA signed the card issuer's certificate.
struct CertifiedIssuer: Proof {
    static let check = TransitCheck.certificateSignature
    /// The certified key of the card issuer.
    let key: VerificationKey

    init(_ code: TransitCode, under authority: TrustedAuthority) throws(TransitRefusal) {
        guard authority.key.isValid(code.certificate.signature, for: code.certificate.signedBytes),
            let key = try? VerificationKey(raw: code.certificate.key, algorithm: .sm2)
        else { throw TransitRefusal(.badSignature, -102, "the CA did not sign the card issuer's certificate") }
        self.key = key
    }
}

/// The certificate belongs to the card's own issuer.
struct CertificateFits: Proof {
    static let check = TransitCheck.certificateIssuer

    init(_ code: TransitCode) throws(TransitRefusal) {
        guard code.certificate.issuer == code.issuer else {
            throw TransitRefusal(.keyNotForThisUse, -102, "the certificate belongs to another card issuer")
        }
    }
}

/// The card issuer signed the card.
struct CardSigned: Proof {
    static let check = TransitCheck.cardSignature

    init(_ code: TransitCode, by issuer: CertifiedIssuer) throws(TransitRefusal) {
        guard issuer.key.isValid(code.issuerSignature, for: code.issuerSignedBytes) else {
            throw TransitRefusal(.badSignature, -103, "the card issuer did not sign the card")
        }
    }
}

/// The holder's phone signed the code.
struct PhoneSigned: Proof {
    static let check = TransitCheck.phoneSignature

    init(_ code: TransitCode) throws(TransitRefusal) {
        guard let user = try? VerificationKey(raw: code.userKey, algorithm: .sm2),
            user.isValid(code.userSignature, for: code.userSignedBytes)
        else { throw TransitRefusal(.badPresentation, -104, "the holder's phone did not sign the code") }
    }
}
