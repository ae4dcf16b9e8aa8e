/// The signature algorithms by their COSE numbers (RFC 9053 §2, RFC 8230 §2; SM2 has a private number).
package enum SignatureAlgorithm: Int64, Sendable, CaseIterable {
    /// EdDSA with Ed25519 (RFC 8032).
    case ed25519 = -8
    /// ECDSA with P-256 and SHA-256; raw r‖s.
    case es256 = -7
    /// SM2 with SM3 (GB/T 32918.2), signer id `1234567812345678`; raw r‖s.
    case sm2 = -65537
    /// RSASSA-PSS with SHA-256 (RFC 8230); it only verifies codes of other issuers.
    case ps256 = -37

    /// The suite that signs with this algorithm; nil for PS256, which verifies only.
    package var suite: Suite? {
        switch self {
        case .ed25519: .ed25519
        case .es256: .es256
        case .sm2: .sm2
        case .ps256: nil
        }
    }

    /// The algorithm's name in reasons and hints.
    package var name: String {
        switch self {
        case .ed25519: "Ed25519"
        case .es256: "ES256"
        case .sm2: "SM2"
        case .ps256: "PS256"
        }
    }

    /// The algorithm's name in JSON, in lower case.
    ///
    /// Printing the enum case itself would start reflection, which costs a
    /// command a tenth of a millisecond.
    package var token: String { suite?.rawValue ?? "ps256" }
}

/// A signature algorithm with its digest and its seal cipher.
package enum Suite: String, Sendable, CaseIterable {
    case ed25519, es256, sm2

    package var algorithm: SignatureAlgorithm {
        switch self {
        case .ed25519: .ed25519
        case .es256: .es256
        case .sm2: .sm2
        }
    }

    /// The digest of hash chains and of key derivation.
    package var digest: DigestAlgorithm {
        self == .sm2 ? .sm3 : .sha256
    }

    /// The cipher of a seal, which is one block.
    package var sealCipher: SealCipher {
        self == .sm2 ? .sm4 : .aes256
    }
}
