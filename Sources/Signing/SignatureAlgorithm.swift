/// The signature algorithms, by their COSE numbers (RFC 9053 §2, RFC 8230 §2; SM2 has a private one).
package enum SignatureAlgorithm: Int64, Sendable, CaseIterable {
    /// EdDSA with Ed25519 (RFC 8032).
    case ed25519 = -8
    /// ECDSA with P-256 and SHA-256; raw r‖s.
    case es256 = -7
    /// SM2 with SM3 (GB/T 32918.2), signer id `1234567812345678`; raw r‖s.
    case sm2 = -65537
    /// RSASSA-PSS with SHA-256 (RFC 8230); verifies only, for codes of other issuers.
    case ps256 = -37

    /// The suite that signs with this algorithm; none for PS256, which we never sign with.
    package var suite: Suite? {
        switch self {
        case .ed25519: .ed25519
        case .es256: .es256
        case .sm2: .sm2
        case .ps256: nil
        }
    }

    /// What the algorithm is called in reasons and hints.
    package var name: String {
        switch self {
        case .ed25519: "Ed25519"
        case .es256: "ES256"
        case .sm2: "SM2"
        case .ps256: "PS256"
        }
    }

    /// What the algorithm is called in JSON, in lower case; printing the case would start reflection, which costs
    /// a command a tenth of a millisecond.
    package var token: String { suite?.rawValue ?? "ps256" }
}
