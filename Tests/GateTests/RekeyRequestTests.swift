import Encoding
import Gate
import Signing
import Testing

@Suite("A gate's request for another receiving key")
struct RekeyRequestTests {
    private static func request(_ suite: Suite) throws -> (UnverifiedRekeyRequest, SigningKey) {
        let key = try SigningKey.generate(suite.algorithm)
        let receiving = try ReceivingKey.generate(for: suite).publicKey
        return (try UnverifiedRekeyRequest(for: receiving, signedBy: key, issuedAt: 1_790_000_000), key)
    }

    @Test("is read as it was written, and verified by the gate's own key alone", arguments: Suite.allCases)
    func whole(suite: Suite) throws {
        let (request, key) = try Self.request(suite)
        let read = try UnverifiedRekeyRequest(Array(request.json.encoded().utf8))
        #expect(read == request)
        let verified = try read.verified(by: key.verificationKey)
        #expect(verified.gate == GateIdentifier(of: key.verificationKey) && verified.issuedAt == 1_790_000_000)
        let other = try SigningKey.generate(suite.algorithm).verificationKey
        let error = #expect(throws: BundleError.self) { try read.verified(by: other) }
        #expect(error?.code == .badSignature)
    }

    @Test("is refused with any member altered, missing or added, and with any byte changed", arguments: Suite.allCases)
    func altered(suite: Suite) throws {
        let ((request, key), (other, _)) = (try Self.request(suite), try Self.request(suite))
        let members = try #require(request.json.object?.members)
        for member in members {
            let value = member.key == "iat" ? .integer(1_790_000_001) : other.json[member.key] ?? .null
            let changed = JSONObject(
                members.map { JSONObject.Member(key: $0.key, value: $0.key == member.key ? value : $0.value) })
            #expect(throws: BundleError.self) {
                try UnverifiedRekeyRequest(.object(changed)).verified(by: key.verificationKey)
            }
            let less = JSONObject(members.filter { $0.key != member.key })
            let missing = #expect(throws: BundleError.self) { try UnverifiedRekeyRequest(.object(less)) }
            #expect(missing?.code == .requestInvalid)
        }
        let more = JSONObject(members + [JSONObject.Member(key: "more", value: .null)])
        #expect(throws: BundleError.self) { try UnverifiedRekeyRequest(.object(more)) }
        let bytes = Array(request.json.encoded().utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let verified = try? UnverifiedRekeyRequest(changed).verified(by: key.verificationKey)
            #expect(verified == nil, "byte \(index)")
        }
        #expect(throws: BundleError.self) {
            try UnverifiedRekeyRequest(bytes + [UInt8](repeating: 32, count: UnverifiedRekeyRequest.byteCountMax))
        }
    }

    @Test("is refused with a receiving key of another suite")
    func mixedSuites() throws {
        let key = try SigningKey.generate(.ed25519)
        let request = try UnverifiedRekeyRequest(
            for: ReceivingKey.generate(for: .sm2).publicKey, signedBy: key, issuedAt: 1)
        let error = #expect(throws: BundleError.self) { try request.verified(by: key.verificationKey) }
        #expect(error?.code == .requestInvalid)
    }

    @Test("does not pass for a request to be registered, or the other way")
    func others() throws {
        let (request, key) = try Self.request(.ed25519)
        #expect(throws: BundleError.self) { try GateRequest(request.json) }
        let registration = try GateRequest(
            name: "gate", signingKey: key, receivingKey: ReceivingKey.generate(for: .ed25519).publicKey,
            rootDigest: [UInt8](repeating: 7, count: 32), issuedAt: 1)
        #expect(throws: BundleError.self) { try UnverifiedRekeyRequest(registration.json) }
    }
}
