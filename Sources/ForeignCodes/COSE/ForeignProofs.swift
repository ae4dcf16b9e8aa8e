/// Every proof that a code of one profile needs.
enum ForeignProofs: Sendable {
    case health(HealthCertificateProofs)
    case identity(IdentityClaimProofs)
}

/// Every proof that a health certificate needs.
struct HealthCertificateProofs: Sendable {
    let token: ForeignToken
    let certificate: HealthCertificate
    let signature: ForeignSigned
    let time: HealthCertificateInTime
    let use: KeyMaySign
    let schema: HealthCertificateShaped
    let values: HealthValuesListed
}

/// Every proof that an identity code needs.
struct IdentityClaimProofs: Sendable {
    let token: ForeignToken
    let signature: ForeignSigned
    let algorithm: IdentityAlgorithmTaken
    let time: IdentityClaimInTime
    let schema: IdentityClaimShaped
}
