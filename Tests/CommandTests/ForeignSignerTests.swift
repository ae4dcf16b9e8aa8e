import Compression
import Credential
import Encoding
import Signing
import TestSupport
import Testing

@Suite("A key of a JWK set")
struct ForeignSignerTests {
    private static let now: UInt64 = 1_750_000_000

    private let scratch: ScratchFolder
    private let key: SigningKey

    init() throws {
        scratch = try ScratchFolder()
        key = try .generate(.ed25519)
    }

    /// An identity code that the key signed.
    private func code() throws -> String {
        let claims = CBORItem.map(
            CBORMap([
                CBORMap.Entry(key: .unsigned(1), value: .text("https://issuer.example")),
                CBORMap.Entry(key: .unsigned(4), value: .unsigned(Self.now + 1000)),
                CBORMap.Entry(key: .unsigned(6), value: .unsigned(Self.now - 1000)),
                CBORMap.Entry(
                    key: .unsigned(169),
                    value: .map(CBORMap([CBORMap.Entry(key: .unsigned(4), value: .text("x"))]))),
            ]))
        return Base45.encode(try Deflate.all(SignedMessage.sign(claims.encoded(), by: key)))
    }

    private func verdict(_ restrictions: JSONObject, _ code: String) throws -> VerifyRun {
        let coordinate = Base64.encode(key.verificationKey.raw).filter { $0 != "=" }
            .replacing("+", with: "-").replacing("/", with: "_")
        var jwk: JSONObject = ["kty": "OKP", "crv": "Ed25519", "x": .string(coordinate)]
        for member in restrictions.members { jwk[member.key] = member.value }
        let set: JSONValue = ["keys": [.object(jwk)]]
        let trust = try scratch.write(Array(set.encoded().utf8), to: "trust.json")
        return try VerifyRun(
            Program("verify").run(
                ["--profile", "claim169", "--trust", trust, "--at", "\(Self.now)", "--text", code]))
    }

    @Test(
        "signs where its restrictions allow signatures of its algorithm",
        arguments: [
            [:], ["use": "sig"], ["key_ops": ["verify"]], ["key_ops": ["sign", "verify"]], ["alg": "EdDSA"],
            ["alg": "Ed25519"], ["use": "sig", "key_ops": ["verify"], "alg": "EdDSA"],
        ] as [JSONObject])
    func allowed(restrictions: JSONObject) throws {
        let run = try verdict(restrictions, code())
        #expect(run.code == "ok" && run.status == 0)
    }

    @Test(
        "signs nothing where its restrictions allow no such signature, or are of a wrong type",
        arguments: [
            ["use": "enc"], ["use": "SIG"], ["use": 1], ["use": .null], ["key_ops": ["encrypt"]], ["key_ops": ["sign"]],
            ["key_ops": []], ["key_ops": "verify"], ["key_ops": ["verify", 1]], ["alg": "ES256"], ["alg": "ECDH-ES"],
            ["alg": "none"],
            ["alg": .null], ["use": "enc", "alg": "EdDSA"], ["use": "sig", "key_ops": ["deriveKey"]],
        ] as [JSONObject])
    func refused(restrictions: JSONObject) throws {
        let run = try verdict(restrictions, code())
        #expect(run.code == "unknown_issuer" && run.status == 1, "\(run.lines)")
    }
}
