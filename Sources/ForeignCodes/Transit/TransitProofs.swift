import Signing

/// The checks of a transit code, in their order: cheap checks first.
package enum TransitCheck: String, Sendable, CaseIterable {
    case layout, authority, authorityTerm, certificateTerm, authorisation, time, fare
    case certificateSignature, certificateIssuer, cardSignature, phoneSignature
}

/// The proofs that a transit code's signatures are valid, each level under the key of the level above.
struct TransitSignatures: Sendable {
    let certificate: CertifiedIssuer
    let issuer: CertificateFits
    let card: CardSigned
    let phone: PhoneSigned

    init(_ readable: ReadableTransitCode, under authority: TrustedAuthority) throws(TransitRefusal) {
        certificate = try CertifiedIssuer(readable.code, under: authority)
        issuer = try CertificateFits(readable.code)
        card = try CardSigned(readable.code, by: certificate)
        phone = try PhoneSigned(readable.code)
    }
}

/// The proofs that a transit code may be used now, for this ride.
struct TransitTerms: Sendable {
    let authority: AuthorityInTerm
    let certificate: CertificateInTerm
    let authorisation: CardAuthorised
    let time: TransitCodeFresh
    let fare: FareCovered

    init(
        _ readable: ReadableTransitCode, under authority: TrustedAuthority, in network: TransitNetwork, fare: UInt64,
        limits: TransitTimeLimits,
        at now: UInt64
    ) throws(TransitRefusal) {
        self.authority = try AuthorityInTerm(authority, at: now)
        certificate = try CertificateInTerm(readable.code, in: network, at: now)
        authorisation = try CardAuthorised(readable.code, at: now)
        time = try TransitCodeFresh(readable.code, limits: limits, at: now)
        self.fare = try FareCovered(readable.code, fare: fare)
    }
}

/// The bytes are a code in the network's layout.
struct ReadableTransitCode: Proof {
    static let check = TransitCheck.layout
    let code: TransitCode

    init(_ bytes: [UInt8], layout: TransitLayout) throws(TransitRefusal) {
        guard let code = TransitCode(bytes, layout: layout) else {
            throw TransitRefusal(.malformed, -1, "the bytes are not a transit code of this network")
        }
        self.code = code
    }
}

/// The bundle has the CA key that the code's certificate names.
struct TrustedAuthority: Proof {
    static let check = TransitCheck.authority
    let index: UInt8
    let authority: TransitAuthority
    let key: VerificationKey

    init(_ index: UInt8, in network: TransitNetwork, key: VerificationKey?) throws(TransitRefusal) {
        guard let authority = network.authorities[index], let key else {
            throw TransitRefusal(.unknownIssuer, -101, "the bundle has no CA key \(index)")
        }
        (self.index, self.authority, self.key) = (index, authority, key)
    }
}
