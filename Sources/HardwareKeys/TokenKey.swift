import CPKCS11
package import Signing

/// A private key in a token, found by its id and its public key.
package final class TokenKey: MessageSigner {
    private let token: Token
    private let id: [UInt8]?
    private let label: String?
    private let verificationKey: VerificationKey
    private let digest: [UInt8]
    private let mechanism: UInt
    /// The type that the token gives such keys; nil where the vendor's is not named.
    private let type: UInt?
    private let sm2: SM2Digest?

    /// Names the private key of a public key; the token is asked when something is to be signed.
    ///
    /// - Parameters:
    ///   - uri: the token, and the key's id or label in it.
    ///   - verificationKey: the public key that every signature must belong to.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where the PIN is a credential.
    /// - Throws: `token_uri_invalid`, or `key_wrong_algorithm` for an algorithm without a mechanism.
    package init(
        _ uri: TokenURI, verificationKey: VerificationKey, credentialFolder: String?
    ) throws(SigningError) {
        guard uri.id != nil || uri.object != nil else { throw SigningError(uri: "it has neither id nor object") }
        token = try Token.named(uri, credentialFolder: credentialFolder)
        (id, label) = (uri.id, uri.object)
        self.verificationKey = verificationKey
        digest = DigestAlgorithm.sha256.digest(verificationKey.spki)
        switch verificationKey.algorithm {
        case .ed25519: (mechanism, type, sm2) = (cpkcs11_eddsa, cpkcs11_edwards_type, nil)
        case .es256: (mechanism, type, sm2) = (cpkcs11_ecdsa, cpkcs11_ec_type, nil)
        case .sm2:
            guard let sign = uri.sm2.sign else { throw SigningError(uri: "an SM2 key needs x-sm2-sign") }
            (mechanism, type, sm2) = (sign, uri.sm2.type, SM2Digest(verificationKey))
        case .ps256:
            throw SigningError(
                code: .keyWrongAlgorithm, reason: "PS256 only verifies codes of other issuers",
                hint: "choose ed25519, es256 or sm2")
        }
    }

    package func checkAvailable() throws(SigningError) {
        try token.open()
    }

    /// Signs a message; the first signature after each opening of the token is checked before it leaves.
    package func sign(_ message: [UInt8]) throws(SigningError) -> [UInt8] {
        let data: [UInt8]
        switch verificationKey.algorithm {
        case .es256: data = DigestAlgorithm.sha256.digest(message)
        default: data = sm2?.digest(message) ?? message
        }
        return try token.withSession(to: "sign") { session throws(TokenCallError) in
            if let key = token.knownKey(digest, in: session) {
                return try session.sign(data, mechanism: mechanism, key: key)
            }
            let found = try session.find(cpkcs11_private_class, id: id, label: label)
            // Some tokens answer like broken ones when they are to sign with a key of another type.
            let keys = found.filter { key in type == nil || (session.keyType(of: key) ?? type) == type }
            for key in keys {
                let signature = try session.sign(data, mechanism: mechanism, key: key)
                if let normal = verificationKey.algorithm.normalized(signature),
                    verificationKey.isValid(normal, for: message)
                {
                    token.noteKey(digest, key, in: session)
                    return signature
                }
            }
            throw .refused(missing(found.count))
        }
    }

    private func missing(_ count: Int) -> SigningError {
        let name = TokenKeyName.text(id: id, label: label)
        return .tokenKeyMissing(
            token.name,
            count == 0
                ? "has no private key with \(name)"
                : "has a key with \(name), which is not the private key of the public key that is trusted")
    }
}

/// How a key is called in reasons.
enum TokenKeyName {
    static func text(id: [UInt8]?, label: String?) -> String {
        let digits = id.map { "id " + $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        return [digits, label.map { "label \($0)" }].compactMap(\.self).joined(separator: " and ")
    }
}
