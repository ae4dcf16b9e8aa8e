import Encoding
import Gate
import Signing
import Testing

@Suite("A gate's request to be registered")
struct GateRequestTests {
    private static func request(_ suite: Suite) throws -> GateRequest {
        try GateRequest(
            name: "北门 3", signingKey: SigningKey.generate(suite.algorithm),
            receivingKey: ReceivingKey.generate(for: suite).publicKey, rootDigest: [UInt8](repeating: 7, count: 32),
            issuedAt: 1_790_000_000)
    }

    @Test("is read as it was written", arguments: Suite.allCases)
    func whole(suite: Suite) throws {
        let request = try Self.request(suite)
        #expect(try GateRequest(Array(request.json.encoded().utf8)) == request)
        #expect(GateIdentifier(request.gate.text) == request.gate)
        #expect(request.fingerprint.utf8.count == 39)
    }

    @Test("is refused with any member altered, missing or added", arguments: Suite.allCases)
    func altered(suite: Suite) throws {
        let (request, other) = (try Self.request(suite), try Self.request(suite))
        let members = try #require(request.json.object?.members)
        for member in members {
            var value = other.json[member.key] ?? .null
            if value == member.value { value = member.key == "name" ? "北门 4" : .integer(1_790_000_001) }
            if member.key == "root" { value = .string(String(repeating: "08", count: 32)) }
            let changed = JSONObject(
                members.map { JSONObject.Member(key: $0.key, value: $0.key == member.key ? value : $0.value) })
            let error = #expect(throws: BundleError.self) { try GateRequest(.object(changed)) }
            #expect(error?.code == .badSignature || error?.code == .requestInvalid, "\(member.key)")
            let less = JSONObject(members.filter { $0.key != member.key })
            let missing = #expect(throws: BundleError.self) { try GateRequest(.object(less)) }
            #expect(missing?.code == .requestInvalid)
        }
        let more = JSONObject(members + [JSONObject.Member(key: "more", value: .null)])
        #expect(throws: BundleError.self) { try GateRequest(.object(more)) }
    }

    @Test("is refused with a receiving key of another suite")
    func mixedSuites() throws {
        let request = try GateRequest(
            name: "gate", signingKey: SigningKey.generate(.ed25519),
            receivingKey: ReceivingKey.generate(for: .sm2).publicKey, rootDigest: [UInt8](repeating: 7, count: 32),
            issuedAt: 1)
        let error = #expect(throws: BundleError.self) { try GateRequest(request.json) }
        #expect(error?.code == .requestInvalid)
    }

    @Test("is refused when it is no JSON or too long", arguments: [0, 5000])
    func garbage(count: Int) {
        #expect(throws: BundleError.self) { try GateRequest([UInt8](repeating: 0x20, count: count)) }
    }
}
