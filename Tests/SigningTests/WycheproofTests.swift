import Encoding
import Signing
import Testing

@Suite("The vectors of Wycheproof")
struct WycheproofTests {
    @Test("of Ed25519 are accepted or refused as they say")
    func ed25519() throws {
        for vector in try WycheproofVector.all("ed25519_test.json") {
            let raw = try Hex.decode(vector.group["publicKey"]?["pk"]?.string ?? "-")
            let key = try VerificationKey(raw: raw, algorithm: .ed25519)
            #expect(try key.spki == Hex.decode(vector.group["publicKeyDer"]?.string ?? "-"))
            let valid = try key.isValid(vector.bytes("sig"), for: vector.bytes("msg"))
            #expect(valid == vector.isValid, "case \(vector.test["tcId"] ?? nil)")
        }
    }

    @Test("of ECDSA with P-256 are accepted or refused as they say, and the higher s only where it is allowed")
    func es256() throws {
        var highCount = 0
        let half = try Hex.decode("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8")
        for vector in try WycheproofVector.all("ecdsa_secp256r1_sha256_p1363_test.json") {
            let spki = try Hex.decode(vector.group["publicKeyDer"]?.string ?? "-")
            let key = try VerificationKey(spki: spki)
            #expect(key.algorithm == .es256 && key.spki == spki)
            #expect(try VerificationKey(raw: key.raw, algorithm: .es256) == key)
            let signature = try vector.bytes("sig")
            let message = try vector.bytes("msg")
            let label: Comment = "case \(vector.test["tcId"] ?? nil)"
            #expect(key.isValid(signature, for: message, lowSOnly: false) == vector.isValid, label)
            let isHigh = half.lexicographicallyPrecedes(signature.dropFirst(32))
            highCount += vector.isValid && isHigh ? 1 : 0
            #expect(key.isValid(signature, for: message) == (vector.isValid && !isHigh), label)
        }
        print("of the valid ones, \(highCount) have the higher s")
    }

    @Test("of AES-CCM open and seal, or are refused")
    func ccm() throws {
        for vector in try WycheproofVector.all("aes_ccm_test.json") {
            let (key, nonce) = (try vector.bytes("key"), try vector.bytes("iv"))
            let (additional, tag) = (try vector.bytes("aad"), try vector.bytes("tag"))
            let sealed = try vector.bytes("ct") + tag
            let tagByteCount = Int(vector.group["tagSize"]?.integer ?? 0) / 8
            let label: Comment = "case \(vector.test["tcId"] ?? nil)"
            let opened = Result {
                try AuthenticatedCipher.open(
                    sealed, key: key, nonce: nonce, additionalData: additional, tagByteCount: tagByteCount)
            }
            if vector.isValid {
                let message = try vector.bytes("msg")
                #expect(try opened.get() == message, label)
                let again = try AuthenticatedCipher.seal(
                    message, key: key, nonce: nonce, additionalData: additional, tagByteCount: tagByteCount)
                #expect(again == sealed, label)
            } else if case .success(let plaintext) = opened {
                #expect(plaintext == nil, label)
            }
        }
    }

    @Test("of HKDF with SHA-256 give the same bytes, or are refused")
    func hkdf() throws {
        for vector in try WycheproofVector.all("hkdf_sha256_test.json") {
            let derived = Result {
                try HKDF.derive(
                    .sha256, key: vector.bytes("ikm"), salt: vector.bytes("salt"), info: vector.bytes("info"),
                    byteCount: Int(vector.test["size"]?.integer ?? 0))
            }
            if vector.isValid {
                #expect(try derived.get() == vector.bytes("okm"), "case \(vector.test["tcId"] ?? nil)")
            } else {
                #expect(throws: SigningError.self) { try derived.get() }
            }
        }
    }

    @Test("of HMAC with SM3 have the same code, or another")
    func hmacSM3() throws {
        for vector in try WycheproofVector.all("hmac_sm3_test.json") {
            let code = try HMAC.code(.sm3, key: vector.bytes("key"), message: vector.bytes("msg"))
            let tagByteCount = Int(vector.group["tagSize"]?.integer ?? 0) / 8
            let isEqual = try Array(code.prefix(tagByteCount)) == vector.bytes("tag")
            #expect(isEqual == vector.isValid, "case \(vector.test["tcId"] ?? nil)")
        }
    }
}
