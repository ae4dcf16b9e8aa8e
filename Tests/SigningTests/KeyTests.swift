import Encoding
import Signing
import Testing

@Suite("A key")
struct KeyTests {
    @Test("keeps its public part through PEM, SubjectPublicKeyInfo and raw bytes", arguments: SignatureTests.algorithms)
    func publicForms(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm).verificationKey
        #expect(key.raw.count == (algorithm == .ed25519 ? 32 : 33))
        #expect(key.keyIdentifier == Array(DigestAlgorithm.sha256.digest(key.spki).prefix(4)))
        for copy in [
            try VerificationKey(spki: key.spki), try VerificationKey(pem: key.pem()),
            try VerificationKey(raw: key.raw, algorithm: algorithm),
        ] {
            #expect(copy == key && copy.raw == key.raw && copy.algorithm == algorithm)
        }
    }

    @Test("keeps its secret through PEM", arguments: SignatureTests.algorithms)
    func secretForm(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let copy = try SigningKey(pem: key.pem())
        #expect(copy.verificationKey == key.verificationKey)
        #expect(try key.verificationKey.isValid(copy.sign([1]), for: [1]))
    }

    @Test("that is public is refused when its bytes are no key")
    func refusedPublic() throws {
        let key = try SigningKey.generate(.es256).verificationKey
        var offCurve = key.spki
        offCurve[90] ^= 1
        #expect(code { _ = try VerificationKey(spki: offCurve) } == .keyMalformed)
        for count in key.spki.indices {
            #expect(code { _ = try VerificationKey(spki: Array(key.spki[..<count])) } == .keyWrongAlgorithm)
        }
        #expect(code { _ = try VerificationKey(spki: key.spki + [0]) } == .keyWrongAlgorithm)
        #expect(code { _ = try VerificationKey(spki: [UInt8](repeating: 0x30, count: 5000)) } == .keyTooLarge)
        #expect(code { _ = try VerificationKey(raw: key.raw, algorithm: .ed25519) } == .keyMalformed)
        #expect(code { _ = try VerificationKey(raw: [], algorithm: .sm2) } == .keyMalformed)
        #expect(code { _ = try VerificationKey(raw: key.raw, algorithm: .ps256) } == .keyWrongAlgorithm)
        #expect(code { _ = try VerificationKey(pem: Array("no key".utf8)) } == .keyMalformed)
    }

    @Test("that is secret is refused when it is none of ours")
    func refusedSecret() throws {
        #expect(code { _ = try SigningKey.generate(.ps256) } == .keyWrongAlgorithm)
        #expect(code { _ = try SigningKey(seed: [1, 2, 3], algorithm: .ed25519) } == .keyMalformed)
        let zero = [UInt8](repeating: 0, count: 32)
        let ones = [UInt8](repeating: 0xff, count: 32)
        for algorithm in [SignatureAlgorithm.es256, .sm2] {
            #expect(code { _ = try SigningKey(seed: zero, algorithm: algorithm) } == .keyMalformed)
            #expect(code { _ = try SigningKey(seed: ones, algorithm: algorithm) } == .keyMalformed)
        }
        #expect(code { _ = try SigningKey(pem: []) } == .keyMalformed)
        let publicPEM = try SigningKey.generate(.sm2).verificationKey.pem()
        #expect(code { _ = try SigningKey(pem: publicPEM) } == .keyMalformed)
        #expect(code { _ = try SigningKey(pem: [UInt8](repeating: 0x2d, count: 20 << 10)) } == .keyTooLarge)
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"
        #expect(code { _ = try SigningKey(pem: Array(encrypted.utf8)) } == .keyEncrypted)
    }
}

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () throws -> Void) -> SigningError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? SigningError)?.code
    }
}
