import Encoding
import Signing

/// A proof that a request comes from the holder of a key (RFC 9449 §4.3), checked.
struct DeviceProof: Sendable {
    private static let nameByteCountMax = 128

    let key: VerificationKey
    /// The RFC 7638 thumbprint of the key, 32 bytes.
    let thumbprint: [UInt8]

    /// What a proof must be about.
    struct Request {
        /// The wallet's origin and the public path.
        let address: String
        /// The access token that goes with it; nil where there is none.
        let accessToken: String?
    }

    /// Checks a proof, which counts as seen then.
    ///
    /// The phone's clock does not matter: freshness comes from the nonce.
    ///
    /// - Throws: `proof_invalid`, `nonce_needed`.
    init(
        _ text: String, for request: Request, _ nonces: ProofNonces, atMilliseconds now: UInt64
    ) throws(OperationError) {
        let token = try SignedToken(text, type: "dpop+jwt")
        guard let name = token.string("jti"), (1...Self.nameByteCountMax).contains(name.utf8.count),
            token.payload["iat"]?.integer != nil
        else { throw .proofInvalid("a DPoP proof needs a jti of at most \(Self.nameByteCountMax) bytes and an iat") }
        guard token.string("htm") == "POST", token.string("htu") == request.address else {
            throw .proofInvalid("a DPoP proof's htm and htu are not POST and \(request.address)")
        }
        let digest = request.accessToken.map { Base64.encodeURL(DigestAlgorithm.sha256.digest(Array($0.utf8))) }
        guard token.string("ath") == digest else {
            throw .proofInvalid("a DPoP proof's ath is not the digest of its access token")
        }
        try nonces.check(token.string("nonce"), atMilliseconds: now)
        try nonces.note(name, of: token.thumbprint, atMilliseconds: now)
        (key, thumbprint) = (token.key, token.thumbprint)
    }
}

/// A proof that the holder of a key asks for codes bound to it (OpenID4VCI 1.0, Appendix F.1), checked but for its mac.
struct CredentialProof: Sendable {
    /// The anchors of the days' chains.
    let anchors: [[UInt8]]
    /// The code under an offer's secret; nil where the proof has none.
    private let code: [UInt8]?
    private let nonce: String
    private let thumbprint: [UInt8]

    /// Checks a proof by the key of the request's DPoP proof.
    ///
    /// - Throws: `proof_invalid`, `nonce_needed`, `anchor_invalid`.
    init(
        _ text: String, by device: DeviceProof, origin: String, anchorByteCount: Int, _ nonces: ProofNonces,
        atMilliseconds now: UInt64
    ) throws(OperationError) {
        let token = try SignedToken(text, type: "openid4vci-proof+jwt")
        guard token.thumbprint == device.thumbprint else {
            throw .proofInvalid("the credential's proof is not by the key of the DPoP proof")
        }
        guard token.string("aud") == origin, token.payload["iat"]?.integer != nil else {
            throw .proofInvalid("the credential's proof needs the aud \(origin) and an iat")
        }
        let nonce = token.string("nonce")
        try nonces.check(nonce, atMilliseconds: now)
        let texts = token.payload["anchors"]?.array ?? []
        let anchors = texts.compactMap { $0.string.flatMap { try? Hex.decode($0) } }
        guard anchors.count == texts.count, anchors.allSatisfy({ $0.count == anchorByteCount }),
            Set(anchors).count == anchors.count
        else {
            throw OperationError(
                code: .anchorInvalid,
                reason: "the anchors are not different values of \(anchorByteCount) bytes in hex",
                hint: "make a chain for each day, and send one anchor of each")
        }
        self.anchors = anchors
        code = token.string("mac").flatMap { try? Base64.decodeURL($0) }
        self.nonce = nonce ?? ""
        thumbprint = token.thumbprint
    }

    /// Whether the proof comes from somebody who knows an offer's secret.
    ///
    /// - Parameter secret: the offer's 32 bytes, which only its link has.
    /// - Returns: true for HMAC-SHA-256 over `suishen offer v1`, the key's thumbprint and the nonce.
    func knows(_ secret: [UInt8]) -> Bool {
        let message = "suishen offer v1\n\(Base64.encodeURL(thumbprint))\n\(nonce)"
        return code == HMAC.code(.sha256, key: secret, message: Array(message.utf8))
    }
}
