import CPKCS11
package import Signing

extension TokenKey {
    /// Makes a key in a token, which it can never leave; its id becomes the key identifier.
    ///
    /// - Parameters:
    ///   - algorithm: any but PS256; SM2 where the URI has the vendor's numbers.
    ///   - uri: the token.
    ///   - label: the key's label in the token, for people.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    /// - Returns: the key, and the URI that finds it.
    /// - Throws: `key_unavailable`, `token_pin_refused`, `signing_failed`, `key_wrong_algorithm`; no key is left then.
    package static func make(
        _ algorithm: SignatureAlgorithm, in uri: TokenURI, label: String, credentialFolder: String?
    ) throws(SigningError) -> (key: SigningKey, uri: TokenURI) {
        let token = try Token.named(uri, credentialFolder: credentialFolder)
        let kinds = try kinds(of: algorithm, uri)
        let made = try token.withSession(to: "make a key", writes: true) { session throws(TokenCallError) in
            let pair = try Self.generate(kinds, label: label, in: session)
            do throws(TokenCallError) {
                let publicKey = try Self.publicKey(pair.publicKey, algorithm, in: session)
                for object in [pair.publicKey, pair.privateKey] {
                    try session.setID(publicKey.keyIdentifier, of: object)
                }
                return publicKey
            } catch {
                for object in [pair.publicKey, pair.privateKey] { try? session.destroy(object) }
                throw error
            }
        }
        var named = uri.ofToken
        named.id = made.keyIdentifier
        let signer = try TokenKey(named, verificationKey: made, credentialFolder: credentialFolder)
        return (SigningKey(verificationKey: made, signer: signer), named)
    }

    /// Destroys a key that was made and is not used.
    package static func discard(_ uri: TokenURI, credentialFolder: String?) throws(SigningError) {
        guard let id = uri.id else { throw SigningError(uri: "it has no id") }
        let token = try Token.named(uri, credentialFolder: credentialFolder)
        try token.withSession(to: "destroy a key", writes: true) { session throws(TokenCallError) in
            for objectClass in [cpkcs11_private_class, cpkcs11_public_class] {
                for object in try session.find(objectClass, id: id, label: nil) { try session.destroy(object) }
            }
        }
    }

    /// A key that the token has already, with the public key that the token says.
    ///
    /// - Throws: `token_key_missing` unless the URI names exactly one key whose public key is in the token too.
    package static func existing(_ uri: TokenURI, credentialFolder: String?) throws(SigningError) -> SigningKey {
        let token = try Token.named(uri, credentialFolder: credentialFolder)
        let name = TokenKeyName.text(id: uri.id, label: uri.object)
        guard !name.isEmpty else { throw SigningError(uri: "it has neither id nor object") }
        let publicKey = try token.withSession(to: "find a key") { session throws(TokenCallError) in
            let objects = try session.find(cpkcs11_public_class, id: uri.id, label: uri.object)
            guard objects.count == 1, let object = objects.first else {
                throw .refused(.tokenKeyMissing(token.name, "has \(objects.count) public keys with \(name)"))
            }
            let type = try session.attribute(cpkcs11_parameters_attribute, of: object)
            let algorithm = SignatureAlgorithm.allCases.first { Self.curves(of: $0).contains(type) }
            guard let algorithm else {
                throw .refused(.tokenKeyMissing(token.name, "has a key with \(name) that is neither Ed25519 nor P-256"))
            }
            return try Self.publicKey(object, algorithm, in: session)
        }
        let signer = try TokenKey(uri, verificationKey: publicKey, credentialFolder: credentialFolder)
        return SigningKey(verificationKey: publicKey, signer: signer)
    }

    /// What a token is asked for to make a key.
    private struct Kind {
        let mechanism: UInt
        let type: UInt
        let parameters: [UInt8]
    }

    /// The ways of naming a kind of key, the newest first: not every token knows PKCS#11 3.0's names of curves.
    private static func kinds(of algorithm: SignatureAlgorithm, _ uri: TokenURI) throws(SigningError) -> [Kind] {
        let (mechanism, type): (UInt, UInt)
        switch algorithm {
        case .ed25519: (mechanism, type) = (cpkcs11_edwards_generation, cpkcs11_edwards_type)
        case .es256: (mechanism, type) = (cpkcs11_ec_generation, cpkcs11_ec_type)
        case .sm2:
            guard let generate = uri.sm2.generate, let number = uri.sm2.type else {
                throw SigningError(
                    uri: "SM2 keys need x-sm2-generate, x-sm2-type and x-sm2-sign, see the vendor's manual")
            }
            (mechanism, type) = (generate, number)
        case .ps256: (mechanism, type) = (0, 0)
        }
        let kinds = curves(of: algorithm).map { Kind(mechanism: mechanism, type: type, parameters: $0) }
        guard !kinds.isEmpty else {
            throw SigningError(
                code: .keyWrongAlgorithm, reason: "PS256 only verifies codes of other issuers",
                hint: "choose ed25519, es256 or sm2")
        }
        return kinds
    }

    /// CKA_EC_PARAMS of an algorithm: the curve's OID, and for Ed25519 its name too (PKCS#11 3.0 §2.3.10).
    private static func curves(of algorithm: SignatureAlgorithm) -> [[UInt8]] {
        switch algorithm {
        case .ed25519: [[0x13, 0x0c] + Array("edwards25519".utf8), [0x06, 0x03, 0x2b, 0x65, 0x70]]
        case .es256: [[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]]
        case .sm2: [[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d]]
        case .ps256: []
        }
    }

    private static func generate(
        _ kinds: [Kind], label: String, in session: TokenSession
    ) throws(TokenCallError) -> (publicKey: UInt, privateKey: UInt) {
        for kind in kinds.dropLast() {
            let pair = try? session.generate(
                mechanism: kind.mechanism, type: kind.type, parameters: kind.parameters, label: label)
            if let pair { return pair }
        }
        let last = kinds[kinds.count - 1]
        return try session.generate(
            mechanism: last.mechanism, type: last.type, parameters: last.parameters, label: label)
    }

    /// CKA_EC_POINT: a DER OCTET STRING of the point; some tokens leave the string out.
    private static func publicKey(
        _ object: UInt, _ algorithm: SignatureAlgorithm, in session: TokenSession
    ) throws(TokenCallError) -> VerificationKey {
        let point = try session.attribute(cpkcs11_point_attribute, of: object)
        let isString = point.count > 2 && point[0] == 0x04 && Int(point[1]) == point.count - 2
        let raw = isString ? Array(point.dropFirst(2)) : point
        do throws(SigningError) {
            return try VerificationKey(raw: raw, algorithm: algorithm)
        } catch {
            throw .refused(error)
        }
    }
}
