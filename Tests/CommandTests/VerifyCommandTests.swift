import Credential
import Encoding
import Glibc
import QRImage
import Signing
import TestSupport
import Testing

@Suite("The command verify")
struct VerifyCommandTests {
    /// A showing at a gate, and the code its verdict must have.
    struct Case: CustomTestStringConvertible, Sendable {
        let code: String
        var scene = "metro-gate"
        var options = ""
        var at = VerifyGate.now
        let text: @Sendable (VerifyGate) throws -> String

        var testDescription: String { "\(code) at \(scene)" }
    }

    static let cases: [Case] = [
        Case(code: "ok") { try $0.shown($0.person()) },
        Case(code: "malformed") { _ in "HELLO" },
        Case(code: "unsupported_version") { _ in "SP2:ABC" },
        Case(code: "unknown_issuer") { try $0.shown($0.person(by: .generate(.ed25519))) },
        Case(code: "algorithm_mismatch") { gate in
            var bytes = try CredentialText(parsing: gate.person()).bytes
            let index = try #require(bytes.indices.dropLast(3).first { Array(bytes[$0..<$0 + 3]) == [1, 0x27, 4] })
            bytes[index + 1] = 0x26
            return try CredentialText(bytes: bytes, form: .person, host: nil).text
        },
        Case(code: "bad_signature", scene: "enterprise-inspection") { gate in
            var bytes = try gate.enterprise()
            bytes[bytes.count - 1] ^= 1
            return try CredentialText(bytes: bytes, form: .enterprise, host: "qr.example.cn").text
        },
        Case(code: "key_not_for_this_use") { try $0.shown($0.person(by: $0.narrow)) },
        Case(code: "key_expired") { try $0.shown($0.person(by: $0.expired)) },
        Case(code: "key_expired") { try $0.shown($0.person(by: $0.compromised)) },
        Case(code: "expired", at: VerifyGate.start + 3600) { try $0.shown($0.person(), time: VerifyGate.start + 3599) },
        Case(code: "not_yet_valid", at: VerifyGate.start + 60) {
            try $0.shown($0.person(notBefore: VerifyGate.start + 90), time: VerifyGate.start + 95)
        },
        Case(code: "revoked") { try $0.shown($0.person(index: VerifyGate.revokedIndex)) },
        Case(code: "revoked") {
            let actor = Delegation(guardian: Array(1...8), statusIndex: VerifyGate.revokedIndex, scope: 1)
            return try $0.shown($0.person(actor: actor))
        },
        Case(code: "wrong_form") {
            try CredentialText(bytes: $0.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
        Case(code: "wrong_scene") { try $0.person(kind: .paper) },
        Case(code: "presentation_missing") { try $0.person() },
        Case(code: "bad_presentation") { gate in
            let shown = try CredentialText(parsing: gate.shown(gate.person())).bytes
            let signature = try #require(
                shown.indices.dropLast(3).first { Array(shown[$0..<$0 + 3]) == [12, 0x58, 64] })
            var bytes = shown
            bytes[signature + 10] ^= 1
            return try CredentialText(bytes: bytes, form: .person, host: nil).text
        },
        Case(code: "stale", at: VerifyGate.now + 31) { try $0.shown($0.person()) },
        Case(code: "from_future", at: VerifyGate.now - 16) { try $0.shown($0.person()) },
        Case(code: "ok", at: VerifyGate.now - 15) { try $0.shown($0.person()) },
        Case(code: "challenge_mismatch", scene: "service-window", options: "--challenge 0102030405060708") {
            try $0.shown($0.person(), challenge: Array(2...9))
        },
        Case(code: "ok", scene: "service-window", options: "--challenge 0102030405060708") {
            try $0.shown($0.person(), challenge: Array(1...8))
        },
        Case(code: "no_entitlement") { try $0.shown($0.person(identifiers: [:])) },
        Case(code: "delegation_refused") {
            let actor = Delegation(guardian: Array(1...8), statusIndex: 2, scope: 8)
            return try $0.shown($0.person(actor: actor))
        },
        Case(code: "bundle_expired", scene: "enterprise-inspection", at: VerifyGate.start + 86_400 * 9) {
            try CredentialText(bytes: $0.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
        Case(code: "status_unknown", scene: "enterprise-inspection") { gate in
            unsafe unlink("\(gate.folder)/status/SH-enterprise-lasting.cwt")
            return try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
        },
    ]

    @Test("answers with the code and the exit status of cli.md", arguments: cases)
    func codes(_ test: Case) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try test.text(gate)
        let run = try VerifyRun(
            "--bundle \(gate.folder) --scene \(test.scene) --at \(test.at) \(test.options) --text '\(text)'")
        #expect(run.code == test.code)
        let undecided = ["bundle_expired", "status_unknown"]
        let expected: (String, Int32) =
            test.code == "ok" ? ("accept", 0) : undecided.contains(test.code) ? ("undecided", 2) : ("reject", 1)
        #expect(run.verdict == expected.0 && run.status == expected.1)
    }

    @Test("refuses a showing the second time, whichever process saw it first, and after a merge at the next gate")
    func replay() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try gate.shown(gate.person())
        let options = "--bundle \(gate.folder) --scene metro-gate --at \(VerifyGate.now) --text '\(text)'"
        let first = try VerifyRun(options)
        #expect(first.code == "ok")
        #expect(first.lines.first?["fused"]?["transit"]?["id"]?.string == Hex.encode(VerifyGate.transitIdentifier))
        let second = try VerifyRun(options)
        #expect(second.code == "replayed" && second.status == 1)
        let other = "\(gate.folder)/other-replay"
        let merge = try VerifyRun("replay merge --into \(other) \(gate.folder)/state/replay")
        #expect(merge.status == 0 && merge.lines.first?["merged"]?.integer == 1)
        #expect(try VerifyRun(options + " --replay-store \(other)").code == "replayed")
        #expect(try VerifyRun(options + " --replay-store \(gate.folder)/third-replay").code == "ok")
    }

    @Test("answers a stream line by line, in order, and goes on after a bad line")
    func stream() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try gate.shown(gate.person())
        let long = String(repeating: "A", count: 9000)
        let run = try VerifyRun(
            "--bundle \(gate.folder) --scene metro-gate --at \(VerifyGate.now) --stream",
            input: "\(text)\nnonsense\n\n\(long)\n\(text)\n")
        #expect(run.lines.map { $0["code"]?.string } == ["ok", "malformed", "malformed", "malformed", "replayed"])
        #expect(run.status == 1)
    }

    @Test("stays closed without a bundle it can trust, or with an older one than it has seen")
    func bundles() throws {
        let gate = try VerifyGate(version: 5)
        defer { gate.remove() }
        let options = "--bundle \(gate.folder) --scene metro-gate --at \(VerifyGate.now) --text X"
        #expect(try VerifyRun(options).code == "malformed")
        try gate.export(version: 4)
        let rollback = try VerifyRun(options)
        #expect(rollback.code == "bundle_rollback" && rollback.verdict == "undecided" && rollback.status == 2)
        let missing = try VerifyRun("--bundle /nonexistent --scene metro-gate --text X")
        #expect(missing.code == "bundle_unreadable" && missing.status == 2)
        let image = try VerifyRun("--bundle \(gate.folder)/none --scene metro-gate -", input: "no image")
        #expect(image.status == 2)
        try gate.export(version: 6)
        let unreadable = try VerifyRun("--bundle \(gate.folder) --scene metro-gate -", input: "no image")
        #expect(unreadable.code == "input_unreadable" && unreadable.status == 2)
        #expect(try VerifyRun("--bundle \(gate.folder) --scene nowhere --text X").status == 64)
    }

    @Test("answers the call that it reads by itself as it answers the same call through the parser")
    func shortestCall() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let enterprise = try CredentialText(
            bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn"
        ).text
        for text in [enterprise, "X", "-", "--json", ""] {
            let options = "--bundle \(gate.folder) --scene enterprise-inspection --at \(VerifyGate.now) --json"
            let short = try VerifyRun("\(options) --text '\(text)'")
            let parsed = try VerifyRun("\(options) --text '\(text)' --budget 150")
            #expect(short.status == parsed.status && short.code == parsed.code, "for \(text)")
            #expect(short.lines.first?["stages"] == parsed.lines.first?["stages"])
            #expect(text != enterprise || short.code == "ok")
        }
        let scratch = try ScratchFolder()
        let picture = try scratch.write(QRSymbol.encode(enterprise).png(modulePixels: 4), to: "code.png")
        for images in [picture, "\(picture) \(picture)", "\(gate.folder)/none.png", "\(gate.folder)/root.pem"] {
            let options = "--bundle \(gate.folder) --scene enterprise-inspection --at \(VerifyGate.now)"
            let short = try VerifyRun("\(options) \(images)")
            let parsed = try VerifyRun("\(options) --budget 150 \(images)")
            #expect(short.status == parsed.status && short.lines.map { $0["code"] } == parsed.lines.map { $0["code"] })
            #expect(short.status == (images.hasPrefix(picture) ? 0 : 2))
        }
        let unread = "--bundle \(gate.folder) --scene enterprise-inspection --at x --text X"
        #expect(try VerifyRun(unread).status == 64)
    }
}
