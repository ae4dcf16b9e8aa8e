import Encoding
import Gate
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing

@Suite("The sealed keys of all gates")
struct GateKeysTests {
    private static let now: UInt64 = 1_800_000_100

    @Test("are made in one call for active gates with a domain, later at each call, and none for the others")
    func all() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let caller = IssuingService.Caller(uid: 0, grants: .everything, nowMilliseconds: Self.now * 1000)
        let folder = try ScratchFolder()
        var gates: [GateKeys] = []
        for (number, domains) in [["transit"], ["transit"], ["transit"], []].enumerated() {
            let path = folder("gate-\(number)")
            try Self.makeFolder(path)
            let keys = try GateKeys(makingMissingIn: path, suite: .ed25519)
            let request = try GateRequest(
                name: "gate", signingKey: keys.signing, receivingKey: keys.receiving.publicKey,
                rootDigest: RootSource.digest(of: service.keys.root), issuedAt: Self.now)
            let body: JSONValue = [
                "request": request.json, "scenes": ["metro-gate"], "domains": .array(domains.map { .string($0) }),
                "site": "hall",
            ]
            _ = try await service.perform(.registerGate, body, by: caller)
            gates.append(keys)
        }
        _ = try await service.perform(.suspendGate, ["gate": .string(gates[1].gate.text)], by: caller)
        _ = try await service.perform(.revokeGate, ["gate": .string(gates[2].gate.text)], by: caller)
        let signer = try SigningKey(contentsOf: installation.state.key("bundle.pem")).verificationKey
        for time in [Self.now, Self.now + 1] {
            let page = try await service.sealedKeysOfAllGates(after: nil, by: caller)
            #expect(page.files.map(\.path) == [SealedEpochKeys.path(of: gates[0].gate)])
            let file = try SealedEpochKeys(try #require(page.files.first).bytes, signedBy: .root(signer))
            #expect(file.issuedAt == time)
            #expect(try file.opened(by: gates[0]).entries.count == 5)
            let last = gates.map(\.gate).max { $0.text < $1.text }
            #expect(page.last == last)
            let next = try await service.sealedKeysOfAllGates(after: last, by: caller)
            #expect(next.files.isEmpty && next.last == nil)
        }
    }

    private static func makeFolder(_ path: String) throws {
        let outcome = try Program(path: "/usr/bin/env").run(["mkdir", path])
        try #require(outcome.status == 0)
    }
}
