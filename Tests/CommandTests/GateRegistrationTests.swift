import Encoding
import Gate
import Signing
import TestSupport
import Testing

@Suite("suishen gate")
struct GateRegistrationTests {
    private let issuer: SuishenRun

    init() throws { issuer = try SuishenRun() }

    /// Enrols a gate under a bundle of the issuer, and gives its request.
    private func enrolled(_ name: String, from issuer: SuishenRun? = nil) throws -> Program.Outcome {
        let issuer = issuer ?? self.issuer
        if !ProjectFiles.exists(issuer.folder("bundle/bundle.cbor")) {
            try issuer.answer(["bundle", "export", "--out", issuer.folder("bundle")])
        }
        let outcome = try Program("verify").run([
            "enrol", "--bundle", issuer.folder("bundle"), "--name", name, "--state", issuer.folder("gate-\(name)"),
        ])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        return outcome
    }

    private func register(_ name: String, _ more: [String] = []) -> [String] {
        ["gate", "register", issuer.folder("\(name).json"), "--scene", "metro-gate", "--site", "north hall"] + more
    }

    private func identifier(_ name: String) throws -> String {
        let outcome = try enrolled(name)
        try issuer.folder.write(Array(outcome.output.utf8), to: "\(name).json")
        let answer = try issuer.answer(register(name, ["--domain", "transit"]))
        let fingerprint = try #require(answer["fingerprint"]?.string)
        #expect(outcome.diagnostics.contains("fingerprint \(fingerprint)\n"))
        return try #require(answer["gate"]?.string)
    }

    @Test("registers a gate once, and shows it with the fingerprint that the gate shows")
    func registered() throws {
        let gate = try identifier("a")
        let shown = try issuer.answer(["gate", "show", gate])
        #expect(shown["status"] == "active" && shown["scenes"] == ["metro-gate"] && shown["domains"] == ["transit"])
        #expect(shown["name"] == "a" && shown["site"] == "north hall" && shown["keysIssuedAt"] == nil)
        // The same order again changes nothing, also with the request that a later run printed.
        #expect(try issuer.answer(register("a", ["--domain", "transit"])) == shown)
        try issuer.folder.write(Array(enrolled("a").output.utf8), to: "a.json")
        #expect(try issuer.answer(register("a", ["--domain", "transit"])) == shown)
        #expect(try issuer.isRefused(register("a"), code: "gate_exists"))
        let other = try identifier("b")
        let list = try issuer.run(["gate", "list"]).output.split(separator: "\n")
        #expect(list.count == 2 && list.contains { $0.contains(gate) } && list.contains { $0.contains(other) })
        let trail = try issuer.run(["audit"]).output.split(separator: "\n").filter { $0.contains("gate.register") }
        #expect(trail.count == 2 && trail.allSatisfy { $0.contains("metro-gate") && $0.contains("transit") })
    }

    @Test("suspends, resumes and revokes a gate, each once, and keeps a revoked one so")
    func ended() throws {
        let gate = try identifier("a")
        for (verb, status) in [
            ("suspend", "suspended"), ("suspend", "suspended"), ("resume", "active"), ("suspend", "suspended"),
            ("revoke", "revoked"), ("revoke", "revoked"),
        ] {
            #expect(try issuer.answer(["gate", verb, gate])["status"]?.string == status)
        }
        for verb in ["suspend", "resume"] { #expect(try issuer.isRefused(["gate", verb, gate], code: "gate_revoked")) }
        #expect(try issuer.isRefused(register("a", ["--domain", "transit"]), code: "gate_exists"))
        let trail = try issuer.run(["audit"]).output
        for (action, count) in [("gate.suspend", 2), ("gate.resume", 1), ("gate.revoke", 1)] {
            #expect(trail.split(separator: "\n").count { $0.contains(action) } == count, "\(action)")
        }
    }

    @Test("refuses altered requests, another issuer's gates, unknown scenes and unknown gates")
    func refused() throws {
        let request = try enrolled("a").output
        try issuer.folder.write(Array(request.replacing("\"name\":\"a\"", with: "\"name\":\"b\"").utf8), to: "a.json")
        #expect(try issuer.isRefused(register("a"), code: "signature_invalid"))
        try issuer.folder.write(Array(request.dropLast(9).utf8), to: "a.json")
        #expect(try issuer.isRefused(register("a"), code: "gate_request_invalid"))
        try issuer.folder.write(Array("{}".utf8), to: "a.json")
        #expect(try issuer.isRefused(register("a"), code: "gate_request_invalid"))
        try issuer.folder.write(Array(enrolled("a", from: SuishenRun()).output.utf8), to: "a.json")
        #expect(try issuer.isRefused(register("a"), code: "gate_request_invalid"))
        try issuer.folder.write(Array(request.utf8), to: "a.json")
        #expect(try issuer.isRefused(register("a", ["--scene", "nowhere"]), code: "scene_unknown"))
        #expect(try issuer.isRefused(register("a", ["--domain", "other"]), code: "request_malformed"))
        #expect(try issuer.isRefused(["gate", "show", String(repeating: "0", count: 32)], code: "gate_unknown"))
        #expect(try issuer.isRefused(["gate", "revoke", String(repeating: "0", count: 32)], code: "gate_unknown"))
        #expect(try issuer.isRefused(["gate", "show", "0"], code: "request_malformed"))
        #expect(try issuer.run(["gate", "list"]).output.isEmpty)
    }
}
