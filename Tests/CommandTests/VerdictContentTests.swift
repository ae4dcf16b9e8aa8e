import Credential
import Encoding
import Testing

@Suite("A verdict's content for the guard")
struct VerdictContentTests {
    private func verdict(
        _ gate: VerifyGate, _ scene: String, _ text: String, at time: UInt64 = VerifyGate.now
    ) throws -> JSONValue {
        let run = try VerifyRun(
            "--bundle \(gate.folder) --scene \(scene) --at \(time) --root \(gate.rootDigest) --text '\(text)'")
        return try #require(run.lines.first)
    }

    private func warnings(_ verdict: JSONValue) -> [String] {
        verdict["warnings"]?.array?.compactMap(\.string) ?? []
    }

    @Test("names an object's kind, manager and place, in either letter case, and warns of an unknown host")
    func objects() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        for text in [try gate.object(), try gate.object().lowercased()] {
            let verdict = try verdict(gate, "object-inspection", text)
            let object = verdict["object"]
            #expect(verdict["code"]?.string == "ok" && warnings(verdict).isEmpty)
            #expect(object?["id"]?.string == "0102030405060708" && object?["kind"]?.string == "object")
            #expect(object?["manager"]?.string?.count == 18 && object?["location"]?["latitude"]?.number == 31.2304)
        }
        let strange = try verdict(gate, "object-inspection", gate.object(host: "evil.example"))
        #expect(strange["code"]?.string == "ok" && warnings(strange) == ["unknown_host"])
        let revoked = try verdict(gate, "object-inspection", gate.object(index: VerifyGate.revokedIndex))
        #expect(revoked["code"]?.string == "revoked" && revoked["object"]?["manager"] != nil)
    }

    @Test("names an enterprise, a paper code's low assurance, and a ward's guardian and scope")
    func persons() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
        let enterprise = try verdict(gate, "enterprise-inspection", text)
        #expect(enterprise["enterprise"]?["name"]?.string == "Example")
        #expect(enterprise["enterprise"]?["uscc"]?.string?.count == 18)
        #expect(try verdict(gate, "park", gate.person(kind: .paper))["assurance"]?.string == "low")
        #expect(try verdict(gate, "park", gate.shown(gate.person()))["assurance"] == nil)
        let actor = Delegation(guardian: Array(1...8), statusIndex: 2, scope: 5)
        let delegated = try verdict(gate, "metro-gate", gate.shown(gate.person(actor: actor)))
        #expect(delegated["delegation"]?["scopes"] == ["transit", "entry"])
        #expect(delegated["delegation"]?["guardian"]?.string == "0102030405060708")
    }

    @Test("says that an expired bundle is stale during the scene's grace, and undecided after it")
    func staleness() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let end = VerifyGate.start + 86_400
        let fresh = try verdict(gate, "object-inspection", gate.object(), at: end - 1)
        #expect(fresh["trust"]?["stale"]?.bool == false && warnings(fresh).isEmpty)
        let stale = try verdict(gate, "object-inspection", gate.object(), at: end)
        #expect(stale["code"]?.string == "ok" && stale["trust"]?["stale"]?.bool == true)
        #expect(warnings(stale) == ["bundle_stale"])
        let transit = try verdict(
            gate, "metro-gate", gate.transit.code(generatedAt: end, goodUntil: end + 86_400), at: end)
        #expect(transit["code"]?.string == "ok" && transit["trust"]?["stale"]?.bool == true)
        #expect(warnings(transit) == ["bundle_stale"])
        let over = try verdict(gate, "object-inspection", gate.object(), at: end + 7 * 86_400)
        #expect(over["code"]?.string == "bundle_expired" && over["verdict"]?.string == "undecided")
    }
}
