/// A private key, of which a page has none: no value of this type exists, so code that signs compiles and never runs.
package enum SigningKey {
    package var algorithm: SignatureAlgorithm { switch self {} }
    package var verificationKey: VerificationKey { switch self {} }

    package func sign(_ message: [UInt8]) throws(SigningError) -> [UInt8] { switch self {} }
}

/// The ciphers of seals, by name; pages open no seal.
package enum SealCipher: Sendable, CaseIterable {
    case aes256
    case sm4
}
