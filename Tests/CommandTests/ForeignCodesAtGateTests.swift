import Credential
import Encoding
import ForeignCodes
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("Codes of other issuers at a gate")
struct ForeignCodesAtGateTests {
    private func run(_ gate: VerifyGate, _ scene: String, _ options: String) throws -> VerifyRun {
        try VerifyRun("--bundle \(gate.folder) --scene \(scene) --at \(VerifyGate.now) \(options)")
    }

    @Test("of medical insurance are accepted when the insurer knows them, and give only id, region and status")
    func medical() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let authority = try MedicalAuthority([])
        let run = try run(gate, "hospital", "--link \(authority.address) --text \(MedicalAuthority.code)")
        #expect(run.code == "ok" && run.status == 0)
        let verdict = try #require(run.lines.first)
        #expect(verdict["fused"]?["medical"]?["id"]?.string == Hex.encode(MedicalAuthority.insuredId))
        #expect(verdict["fused"]?["medical"]?["source"]?.string == "medical-code")
        #expect(verdict["insurance"] == ["region": "310101", "status": "active"])
    }

    @Test(
        "of medical insurance are refused when unknown, suspended, unanswered, or at a wrong scene",
        arguments: [
            ("hospital", "4249999999999999999999310000", "ok", "no_entitlement", 1),
            ("hospital", MedicalAuthority.suspendedCode, "ok", "no_entitlement", 1),
            ("hospital", MedicalAuthority.forgingCode, "ok", "link_unavailable", 2),
            ("hospital", MedicalAuthority.code, "error", "link_unavailable", 2),
            ("hospital", MedicalAuthority.code, "garbage", "link_unavailable", 2),
            ("hospital", MedicalAuthority.code, "none", "link_unavailable", 2),
            ("metro-gate", MedicalAuthority.code, "ok", "wrong_scene", 1),
            ("object-inspection", MedicalAuthority.code, "ok", "wrong_form", 1),
            ("hospital-shuttle", MedicalAuthority.code, "ok", "no_entitlement", 1),
        ])
    func medicalRefusals(scene: String, code: String, mode: String, expected: String, status: Int32) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let authority = mode == "none" ? nil : try MedicalAuthority(["--mode", mode])
        let link = authority.map { "--link \($0.address)" } ?? ""
        let run = try run(gate, scene, "\(link) --text \(code)")
        #expect(run.code == expected && run.status == status)
        #expect(run.lines.first?["fused"] == nil || run.code == "no_entitlement")
    }

    @Test("of transit are accepted offline and once: a code signed again is the same showing, also in another process")
    func transit() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let (first, second) = try (gate.transit.code(), gate.transit.code())
        #expect(first != second)
        let run = try run(gate, "metro-gate", "--text \(first)")
        #expect(run.code == "ok" && run.lines.first?["terminalNumber"]?.integer == 0)
        #expect(run.lines.first?["fused"]?["transit"]?["id"]?.string == Hex.encode(VerifyGate.transitIdentifier))
        #expect(try self.run(gate, "metro-gate", "--text \(second)").code == "replayed")
        #expect(try self.run(gate, "bus", "--text \(second)").code == "ok")
        let later = try gate.transit.code(generatedAt: VerifyGate.now + 1)
        #expect(try self.run(gate, "metro-gate", "--text \(later)").code == "ok")
    }

    @Test("of transit are refused for faults that public terminals overlook, with the terminal's answer number")
    func terminalFaults() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let stranger = try SigningKey.generate(.sm2)
        let transit = gate.transit
        let cases: [(code: String, expected: String, number: Int64)] = [
            (try transit.code(authority: transit.issuer), "bad_signature", -102),
            (try transit.code(issuer: stranger), "bad_signature", -103),
            (try transit.code(generatedAt: VerifyGate.now + 16), "from_future", -105),
            (try transit.code(caIndex: 2), "unknown_issuer", -101),
            (try transit.code(generatedAt: VerifyGate.now - 31), "stale", -105),
            (String(try transit.code().dropLast(2)), "malformed", -1),
        ]
        for item in cases {
            let run = try run(gate, "metro-gate", "--text \(item.code)")
            #expect(run.code == item.expected && run.status == 1)
            #expect(run.lines.first?["terminalNumber"]?.integer == item.number)
            #expect(run.lines.first?["fused"] == nil)
        }
        let dear = try run(gate, "metro-gate", "--fare 1501 --text \(transit.code())")
        #expect(dear.code == "no_entitlement" && dear.lines.first?["terminalNumber"]?.integer == -106)
        #expect(try run(gate, "hospital", "--text \(transit.code())").code == "wrong_scene")
        let challenged = try run(gate, "metro-gate", "--challenge 0102030405060708 --text \(transit.code())")
        #expect(challenged.code == "challenge_mismatch")
    }

    @Test("in one window are accepted together when their seals or the bundle's table show one holder")
    func windows() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let authority = try MedicalAuthority([])
        func decide(_ scene: String, _ texts: [String], _ options: String = "") throws -> VerifyRun {
            let window = "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
            return try VerifyRun(
                "--bundle \(gate.folder) --scene \(scene) --at \(VerifyGate.now) --stream --link \(authority.address) "
                    + options, input: window + "\n")
        }
        let medical = MedicalAuthority.code
        let transit = try gate.transit.code()
        let other = try gate.transit.code(account: [UInt8](repeating: 9, count: 10))
        // The person's own code beside the transit card: both hold the same identifier.
        #expect(try decide("metro-gate", [gate.shown(gate.person()), transit]).code == "ok")
        #expect(try decide("metro-gate", [gate.shown(gate.person()), other]).code == "holder_mismatch")
        let insured = try gate.shown(gate.person(identifiers: [.medical: VerifyGate.medicalIdentifier]))
        #expect(try decide("hospital", [insured, medical]).code == "ok")
        let stranger = try gate.shown(gate.person(identifiers: [.medical: [UInt8](repeating: 7, count: 12)]))
        #expect(try decide("hospital", [stranger, medical]).code == "holder_mismatch")
        // Without a table and a daemon the gate stays closed.
        #expect(try decide("hospital-shuttle", [medical, transit]).code == "holder_mismatch")
        try gate.export(version: 6, linked: [(VerifyGate.medicalIdentifier, VerifyGate.transitIdentifier)])
        let joined = try decide("hospital-shuttle", [medical, transit])
        #expect(joined.code == "ok" && joined.lines.count == 1)
        let fused = joined.lines.first?["fused"]
        #expect(fused?["medical"]?["source"]?.string == "medical-code")
        #expect(fused?["transit"]?["source"]?.string == "transit-code")
        #expect(try decide("hospital-shuttle", [medical, other]).code == "holder_mismatch")
        let unreachable = try decide("hospital-shuttle", [medical, other], "--socket \(gate.folder)/nobody")
        #expect(unreachable.code == "link_unavailable" && unreachable.status == 2)
    }

    @Test("are read from a picture byte for byte, also two at once")
    func pictures() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try ScratchFolder()
        let issuer = Program("transit-issuer")
        #expect(try issuer.run(["init", "--out", folder("net")]).status == 0)
        try gate.export(
            version: 6, linked: [(VerifyGate.medicalIdentifier, VerifyGate.transitIdentifier)],
            network: TransitNetwork(json: ProjectFiles.bytes(folder("net/network.json"))))
        let made = try issuer.run([
            "code", folder("net"), "--account", Hex.encode(VerifyGate.cardAccount), "--at", "\(VerifyGate.now)",
            "--png", folder("both.png"), "--beside", MedicalAuthority.code, "--custom", "00ff800a0d",
        ])
        #expect(made.status == 0)
        let answer = try JSONValue.parse(Array(made.output.utf8), byteCountMax: 1 << 16)
        #expect(answer["transit"]?.string == Hex.encode(VerifyGate.transitIdentifier))
        let authority = try MedicalAuthority([])
        let run = try run(gate, "hospital-shuttle", "--link \(authority.address) \(folder("both.png"))")
        #expect(run.code == "ok" && run.status == 0)
        let decoded = try VerifyRun("decode --json \(folder("both.png"))")
        let bytes = decoded.lines.compactMap { $0["bytes"]?.string }
        #expect(bytes.contains { "hex:\($0)" == answer["text"]?.string })
    }
}
