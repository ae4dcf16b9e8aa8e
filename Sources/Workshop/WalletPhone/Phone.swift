package import Credential
package import Encoding
import ForeignCodes
package import Issuing
package import Signing

/// A phone's wallet: one device key, and the requests that it proves by it.
package struct Phone: Sendable {
    /// Sends one request of the daemon's interface; throws the refusal.
    package typealias Asking = @Sendable (IssuerOperation, JSONValue) throws -> JSONValue

    package let key: SigningKey
    package let origin: String
    private let asking: Asking

    package init(
        _ algorithm: SignatureAlgorithm = .ed25519, origin: String = "https://wallet.code.suishen.example",
        _ asking: @escaping Asking
    ) throws {
        self.init(key: try SigningKey.generate(algorithm), origin: origin, asking)
    }

    private init(key: SigningKey, origin: String, _ asking: @escaping Asking) {
        (self.key, self.origin, self.asking) = (key, origin, asking)
    }

    /// The same phone on another way to the daemon.
    package func over(_ asking: @escaping Asking) -> Phone { Phone(key: key, origin: origin, asking) }

    /// What an offer gave to the phone and to its holder.
    package struct Offer: Sendable {
        package let secret: [UInt8]
        package let pin: String?
        package let lossCode: String
        package let days: Int

        package var code: String { Base64.encodeURL(DigestAlgorithm.sha256.digest(secret)) }

        package init(_ answer: JSONValue) throws {
            let link = answer["link"]?.string ?? ""
            secret = try Base64.decodeURL(link.split(separator: "=").last ?? "")
            pin = answer["pin"]?.string
            lossCode = answer["lossCode"]?.string ?? ""
            days = Int(answer["days"]?.integer ?? 0)
        }
    }

    /// A strip that the phone received, with what it shows its codes by.
    package struct Strip: Sendable {
        package let answer: JSONValue
        package let seeds: [ChainSeed]

        package init(answer: JSONValue, seeds: [ChainSeed]) {
            (self.answer, self.seeds) = (answer, seeds)
        }

        package var holding: String { answer["holding"]?.string ?? "" }
        package var refreshToken: String? { answer["refreshToken"]?.string }
        package var coveredUntil: UInt64 { UInt64(answer["coveredUntil"]?.integer ?? 0) }

        /// The codes in their order.
        package var codes: [(kind: String, text: String, issuedAt: UInt64, expiresAt: UInt64)] {
            (answer["codes"]?.array ?? []).map { code in
                (
                    code["kind"]?.string ?? "", code["text"]?.string ?? "",
                    UInt64(code["issuedAt"]?.integer ?? 0), UInt64(code["expiresAt"]?.integer ?? 0)
                )
            }
        }
    }

    /// The thumbprint of the phone's key in Base64url.
    package var thumbprint: String { Base64.encodeURL(JSONWebKey.thumbprint(of: key.verificationKey) ?? []) }

    /// The phone's key as a browser exports it.
    package var jwk: JSONValue {
        let raw = key.verificationKey.raw
        guard key.algorithm != .ed25519 else {
            return [
                "crv": "Ed25519", "ext": true, "key_ops": ["verify"], "kty": "OKP", "x": .string(Base64.encodeURL(raw)),
            ]
        }
        let point = key.verificationKey.spki.suffix(64)
        return [
            "crv": "P-256", "ext": true, "key_ops": ["verify"], "kty": "EC",
            "x": .string(Base64.encodeURL(point.prefix(32))), "y": .string(Base64.encodeURL(point.suffix(32))),
        ]
    }

    /// A token that the phone's key signs.
    package func token(header: JSONObject, payload: JSONObject) throws -> String {
        try token([header, payload].map { JSONValue.object($0).encoded() })
    }

    /// A token of any texts that the phone's key signs.
    package func token(_ texts: [String]) throws -> String {
        let content = texts.map { Base64.encodeURL(Array($0.utf8)) }.joined(separator: ".")
        return content + "." + Base64.encodeURL(try key.sign(Array(content.utf8)))
    }

    package func header(type: String) -> JSONObject {
        ["typ": .string(type), "alg": key.algorithm == .ed25519 ? "EdDSA" : "ES256", "jwk": jwk]
    }

    /// A proof for a request; `change` may alter it before it is signed.
    package func dpop(
        _ path: String, nonce: String, accessToken: String? = nil, _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        var payload: JSONObject = [
            "jti": .string(Hex.encode(try SystemRandom().bytes(16))), "htm": "POST",
            "htu": .string("\(origin)/vci/\(path)"), "iat": 1, "nonce": .string(nonce),
        ]
        payload["ath"] = accessToken.map {
            .string(Base64.encodeURL(DigestAlgorithm.sha256.digest(Array($0.utf8))))
        }
        change(&payload)
        return try token(header: header(type: "dpop+jwt"), payload: payload)
    }

    /// A proof for codes; `change` may alter it before it is signed.
    package func proof(
        nonce: String, anchors: [[UInt8]], secret: [UInt8]?, _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        var payload: JSONObject = [
            "aud": .string(origin), "iat": 1, "nonce": .string(nonce),
            "anchors": .array(anchors.map { .string(Hex.encode($0)) }),
        ]
        payload["mac"] = secret.map { secret in
            let message = "suishen offer v1\n\(thumbprint)\n\(nonce)"
            return .string(Base64.encodeURL(HMAC.code(.sha256, key: secret, message: Array(message.utf8))))
        }
        change(&payload)
        return try token(header: header(type: "openid4vci-proof+jwt"), payload: payload)
    }

    package func nonce() throws -> String { try asking(.walletNonce, [:])["nonce"]?.string ?? "" }

    /// The answer of the token request for an offer.
    package func token(for offer: Offer, pin: String? = nil) throws -> JSONValue {
        let pin: JSONValue = (pin ?? offer.pin).map { .string($0) } ?? .null
        return try asking(
            .walletToken,
            [
                "grant": "offer", "code": .string(offer.code), "pin": pin,
                "dpop": .string(try dpop("token", nonce: nonce())),
            ])
    }

    /// The answer of the token request by a refresh token.
    package func token(refresh text: String) throws -> JSONValue {
        try asking(
            .walletToken,
            ["grant": "refresh", "refreshToken": .string(text), "dpop": .string(try dpop("token", nonce: nonce()))])
    }

    /// Seeds of new chains, one for each day that a token's answer names.
    package static func seeds(for token: JSONValue) throws -> [ChainSeed] {
        let suite = Suite(rawValue: token["suite"]?.string ?? "") ?? .ed25519
        return try (0..<Int(token["days"]?.integer ?? 0)).map { _ in
            try ChainSeed(slotCount: HashChain.slotCountMax, digest: suite.digest, random: SystemRandom())
        }
    }

    /// Asks for a strip by a token's answer.
    ///
    /// - Parameters:
    ///   - token: the token's answer.
    ///   - secret: the offer's; nil for a renewal.
    ///   - seeds: the chains; new ones by default.
    ///   - key: the idempotency key; a new one by default.
    /// - Returns: the strip.
    /// - Throws: the refusal.
    package func strip(
        by token: JSONValue, secret: [UInt8]?, seeds: [ChainSeed]? = nil, idempotencyKey key: String? = nil
    ) throws -> Strip {
        let seeds = try seeds ?? Self.seeds(for: token)
        let order = try order(by: token, secret: secret, seeds: seeds, idempotencyKey: key, nonce: nonce())
        return Strip(answer: try asking(.walletCredential, order), seeds: seeds)
    }

    /// A request for a strip, as ``strip(by:secret:seeds:idempotencyKey:)`` sends it.
    package func order(
        by token: JSONValue, secret: [UInt8]?, seeds: [ChainSeed], idempotencyKey key: String? = nil, nonce: String
    ) throws -> JSONValue {
        let access = token["accessToken"]?.string ?? ""
        return [
            "accessToken": .string(access),
            "dpop": .string(try dpop("credential", nonce: nonce, accessToken: access)),
            "proof": .string(try proof(nonce: nonce, anchors: seeds.map(\.anchor), secret: secret)),
            "idempotencyKey": .string(try key ?? Hex.encode(SystemRandom().bytes(8))),
        ]
    }

    /// Receives an offer's first strip.
    package func receive(_ offer: Offer) throws -> Strip {
        try strip(by: token(for: offer), secret: offer.secret)
    }

    /// Renews by a refresh token.
    package func renew(_ text: String) throws -> Strip { try strip(by: token(refresh: text), secret: nil) }

    /// Asks for what needs an access token and a proof, `codes` or `revoke`.
    package func ask(
        _ operation: IssuerOperation, path: String, by token: JSONValue, _ others: JSONObject = [:]
    ) throws -> JSONValue {
        let access = token["accessToken"]?.string ?? ""
        var body = others
        body["accessToken"] = .string(access)
        body["dpop"] = .string(try dpop(path, nonce: nonce(), accessToken: access))
        return try asking(operation, .object(body))
    }
}
