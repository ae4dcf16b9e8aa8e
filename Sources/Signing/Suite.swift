/// A signature algorithm with the digest and the seal cipher that go with it.
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

    /// The cipher of a seal's one block.
    package var sealCipher: SealCipher {
        self == .sm2 ? .sm4 : .aes256
    }
}
