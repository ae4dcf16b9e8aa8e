import Encoding
import Signing
import Testing

@Suite("A signature")
struct SignatureTests {
    static let algorithms: [SignatureAlgorithm] = [.ed25519, .es256, .sm2]

    @Test("of GM/T 0003.5 appendix A is valid under the key of its secret")
    func publishedSM2() throws {
        let key = try SigningKey(
            seed: Hex.decode("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"), algorithm: .sm2)
        let signature = try Hex.decode(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
                + "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
        #expect(key.verificationKey.isValid(signature, for: Array("message digest".utf8)))
        #expect(!key.verificationKey.isValid(signature, for: Array("message digesT".utf8)))
    }

    @Test("of RFC 8032 §7.1 is what the same seed gives")
    func publishedEd25519() throws {
        let key = try SigningKey(
            seed: Hex.decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), algorithm: .ed25519)
        #expect(
            Hex.encode(key.verificationKey.raw) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        #expect(
            try Hex.encode(key.sign([])) == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
    }

    @Test("is valid over its message, and over no other", arguments: algorithms)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        #expect(key.algorithm == algorithm)
        for byteCount in [0, 1, 63, 64, 65, 1000] {
            let message = [UInt8](repeating: 7, count: byteCount)
            let signature = try key.sign(message)
            #expect(signature.count == 64)
            #expect(key.verificationKey.isValid(signature, for: message))
            #expect(!key.verificationKey.isValid(signature, for: message + [0]))
        }
        let other = try SigningKey.generate(algorithm)
        #expect(try !other.verificationKey.isValid(key.sign([1]), for: [1]))
    }

    @Test("with one bit of any byte changed is refused, and cut short or made longer too", arguments: algorithms)
    func flipped(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let message = Array("a message".utf8)
        let signature = try key.sign(message)
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1 << (index % 8)
            #expect(!key.verificationKey.isValid(changed, for: message, lowSOnly: false))
            #expect(!key.verificationKey.isValid(Array(signature[..<index]), for: message))
        }
        #expect(!key.verificationKey.isValid(signature + [0], for: message))
        #expect(key.verificationKey.isValid(signature, for: message))
    }

    @Test("of Ed25519 that would fit every message, under a key of small order, is refused")
    func smallOrder() throws {
        let one = [1] + [UInt8](repeating: 0, count: 31)
        let key = try VerificationKey(raw: one, algorithm: .ed25519)
        // The group's neutral element as key and as R, and S of 0: R = S·B − h·A, whatever h is.
        #expect(!key.isValid(one + [UInt8](repeating: 0, count: 32), for: [1]))
    }

    @Test("with r or s of zero, of the order or above is refused", arguments: [SignatureAlgorithm.es256, .sm2])
    func outOfRange(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let good = try key.sign([1])
        let order = try Hex.decode(
            algorithm == .es256
                ? "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
                : "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
        for half in [[UInt8](repeating: 0, count: 32), order, [UInt8](repeating: 0xff, count: 32)] {
            #expect(!key.verificationKey.isValid(half + good[32...], for: [1], lowSOnly: false))
            #expect(!key.verificationKey.isValid(good[..<32] + half, for: [1], lowSOnly: false))
        }
    }

    @Test("of ES256 always has the lower s, and its twin is valid only where that is allowed")
    func lowS() throws {
        let key = try SigningKey.generate(.es256)
        let order = try Hex.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        for number in 0..<64 {
            let signature = try key.sign([UInt8(number)])
            #expect(signature[32] < 0x80)
            var twin = signature
            var borrow = 0
            for index in stride(from: 31, through: 0, by: -1) {
                let digit = Int(order[index]) - Int(signature[32 + index]) - borrow
                twin[32 + index] = UInt8(truncatingIfNeeded: digit)
                borrow = digit < 0 ? 1 : 0
            }
            #expect(key.verificationKey.isValid(twin, for: [UInt8(number)], lowSOnly: false))
            #expect(!key.verificationKey.isValid(twin, for: [UInt8(number)]))
        }
    }

    @Test("is made and checked by many tasks at once with one key", arguments: algorithms)
    func manyAtOnce(algorithm: SignatureAlgorithm) async throws {
        let key = try SigningKey.generate(algorithm)
        let validCount = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var count = 0
                    for number in 0..<25 {
                        let message = DigestAlgorithm.sm3.digest([UInt8(task), UInt8(number)])
                        count += try key.verificationKey.isValid(key.sign(message), for: message) ? 1 : 0
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(validCount == 200)
    }
}
