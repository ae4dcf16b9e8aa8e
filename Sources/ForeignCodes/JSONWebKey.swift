package import Encoding
package import Signing

/// Public keys of phones and of other issuers as JSON Web Keys (RFC 7517, RFC 8037).
package enum JSONWebKey {
    /// Reads an Ed25519 or a P-256 key.
    ///
    /// - Parameter jwk: the key's object; ``maySign(_:with:)`` judges its restrictions.
    /// - Returns: nil for a key of another type, or one that is not a valid key of its type.
    package static func key(_ jwk: JSONValue) -> VerificationKey? {
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("OKP", "Ed25519"): field("x", of: jwk).flatMap { try? VerificationKey(raw: $0, algorithm: .ed25519) }
        case ("EC", "P-256"):
            field("x", of: jwk).flatMap { x in
                field("y", of: jwk).flatMap { y in
                    x.count == coordinateByteCount && y.count == coordinateByteCount
                        ? try? VerificationKey(raw: [4] + x + y, algorithm: .es256) : nil
                }
            }
        default: nil
        }
    }

    /// Whether a JWK's own restrictions (RFC 7517 §4.2 to §4.4) allow signatures of this algorithm.
    ///
    /// A member of a wrong type allows nothing.
    package static func maySign(_ jwk: JSONValue, with algorithm: SignatureAlgorithm) -> Bool {
        if let use = jwk["use"], use.string != "sig" { return false }
        if let operations = jwk["key_ops"] {
            guard let names = operations.array?.map(\.string), !names.contains(nil), names.contains("verify") else {
                return false
            }
        }
        guard let name = jwk["alg"] else { return true }
        let names: [String] =
            switch algorithm {
            case .ed25519: ["EdDSA", "Ed25519"]
            case .es256: ["ES256"]
            case .ps256: ["PS256"]
            case .sm2: []
            }
        return name.string.map(names.contains) == true
    }

    /// A key's thumbprint: SHA-256 of its required members in order (RFC 7638 §3.2, RFC 8037 §2).
    ///
    /// - Parameter key: an Ed25519 or a P-256 key.
    /// - Returns: 32 bytes; nil for a key of another type.
    package static func thumbprint(of key: VerificationKey) -> [UInt8]? {
        let members: String
        switch key.algorithm {
        case .ed25519: members = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64.encodeURL(key.raw))"}"#
        case .es256 where !key.isOnP384:
            let point = key.spki.suffix(2 * coordinateByteCount)
            let (x, y) = (point.prefix(coordinateByteCount), point.suffix(coordinateByteCount))
            members = #"{"crv":"P-256","kty":"EC","x":"\#(Base64.encodeURL(x))","y":"\#(Base64.encodeURL(y))"}"#
        default: return nil
        }
        return DigestAlgorithm.sha256.digest(Array(members.utf8))
    }

    /// Bytes of a coordinate of a point on P-256.
    private static let coordinateByteCount = 32

    private static func field(_ name: String, of jwk: JSONValue) -> [UInt8]? {
        jwk[name]?.string.flatMap { try? Base64.decodeURL($0) }
    }
}
