import Encoding
import ForeignCodes
import Signing

/// A JSON Web Token that a phone signed with the key in its header (RFC 7519, RFC 7515 §3.1).
///
/// The header has `typ`, `alg` and `jwk` and nothing else: nothing that a reader may not understand can be in it.
struct SignedToken: Sendable {
    /// The most bytes of a token: a proof for 31 days has about 2,000.
    static let byteCountMax = 6144
    private static let depthMax = 4
    private static let headerMembers: Set = ["typ", "alg", "jwk"]
    /// The members of a public key; a private member in it is refused.
    private static let keyMembers: Set = ["kty", "crv", "x", "y", "alg", "use", "key_ops", "ext", "kid"]

    /// The key in the header, by which the signature is valid.
    let key: VerificationKey
    /// The RFC 7638 thumbprint of the key, 32 bytes.
    let thumbprint: [UInt8]
    let payload: JSONValue

    /// Reads a token in its compact form, and checks its signature.
    ///
    /// - Parameters:
    ///   - text: three parts in Base64url, joined by dots.
    ///   - type: the value that `typ` must have.
    /// - Throws: `proof_invalid`.
    init(_ text: String, type: String) throws(OperationError) {
        guard text.utf8.count <= Self.byteCountMax else {
            throw .proofInvalid("a token is longer than \(Self.byteCountMax) bytes")
        }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .proofInvalid("a token is not three parts joined by dots") }
        let header = try Self.object(parts[0])
        guard header.members.allSatisfy({ Self.headerMembers.contains($0.key) }), header["typ"]?.string == type else {
            throw .proofInvalid("a token's header is not typ \(type), alg and jwk")
        }
        let key = try Self.key(header["jwk"], algorithm: header["alg"]?.string)
        guard let thumbprint = JSONWebKey.thumbprint(of: key) else { throw Self.keyInvalid }
        payload = .object(try Self.object(parts[1]))
        // JWS takes both values of s that verify.
        guard let signature = try? Base64.decodeURL(String(decoding: parts[2], as: UTF8.self)),
            key.isValid(signature, for: Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1]), lowSOnly: false)
        else { throw .proofInvalid("a token's signature is not valid by its key") }
        (self.key, self.thumbprint) = (key, thumbprint)
    }

    private static func object(_ part: Substring.UTF8View.SubSequence) throws(OperationError) -> JSONObject {
        guard let bytes = try? Base64.decodeURL(String(decoding: part, as: UTF8.self)),
            let object = (try? JSONValue.parse(bytes, byteCountMax: byteCountMax, depthMax: depthMax))?.object
        else { throw .proofInvalid("a part of a token is not a JSON object in Base64url") }
        return object
    }

    private static func key(_ jwk: JSONValue?, algorithm: String?) throws(OperationError) -> VerificationKey {
        guard let jwk, let members = jwk.object?.members, members.allSatisfy({ keyMembers.contains($0.key) }),
            let key = JSONWebKey.key(jwk), JSONWebKey.maySign(jwk, with: key.algorithm)
        else { throw keyInvalid }
        let expected = key.algorithm == .ed25519 ? "EdDSA" : "ES256"
        guard algorithm == expected else { throw .proofInvalid("a token's alg is not that of its key, \(expected)") }
        return key
    }

    private static var keyInvalid: OperationError {
        .proofInvalid("a token's jwk is not a public Ed25519 or P-256 key for signatures")
    }

    /// A text of the payload; nil for a member that is absent or of another type.
    func string(_ name: String) -> String? { payload[name]?.string }
}
