import QRStandard
import Credential
import Encoding
import Glibc
import QRDrawing
import Signing
import TestSupport
import Testing

@Suite("The command verify")
struct VerifyCommandTests {
    @Test("refuses a showing the second time, in another process and, after a merge, at another gate")
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
        let merging = "replay merge --into \(other) --at \(VerifyGate.now) \(gate.folder)/state/replay"
        #expect(try VerifyRun(merging).lines.first?["merged"]?.integer == 0, "nothing names the scene")
        let merge = try VerifyRun("\(merging) --bundle \(gate.folder)")
        #expect(merge.status == 0 && merge.lines.first?["merged"]?.integer == 1)
        #expect(try VerifyRun(options + " --replay-store \(other)").code == "replayed")
        #expect(try VerifyRun(options + " --replay-store \(gate.folder)/third-replay").code == "ok")
    }

    @Test("reads a code into one line without control characters, and keeps ordinary text")
    func decoding() throws {
        let folder = try ScratchFolder()
        let texts = [
            (
                "\u{1B}]0;x\u{7}\u{1B}[2Ja\u{9B}2J\u{2028}\u{2029}\u{202E}z",
                #"\u{1b}]0;x\u{7}\u{1b}[2Ja\u{9b}2J\u{2028}\u{2029}\u{202e}z"#
            ),
            ("a\nb\r\tc\\d", #"a\nb\r\tc\\d"#), ("卫生院 é 🚇 a b", "卫生院 é 🚇 a b"),
        ]
        for (text, line) in texts {
            let picture = try folder.write(QRSymbol.encode(text).png(), to: "code.png")
            #expect(try Program("verify").run(["decode", picture]).output == line + "\n")
            let paths = try Program("verify").run(["decode", "--paths"], input: Array((picture + "\n").utf8))
            let isObeyed = text.contains("\u{1B}")
            #expect(paths.output == (isObeyed ? text : line) + "\n")
        }
    }

    @Test("reports the number of keys with unsupported types in a trust file")
    func keysPassedOver() throws {
        let folder = try ScratchFolder()
        let made = unsafe system(
            "cd \(folder.path) && for curve in prime256v1 secp521r1; do openssl ecparam -name $curve -genkey -noout"
                + " | openssl pkey -pubout; done > both 2>/dev/null && tail -n +5 both > one")
        try #require(made == 0)
        let words = ["--profile", "hcert", "--text", "HC1:X", "--trust"]
        #expect(try Program("verify").run(words + [folder("both")]).diagnostics.contains("warning: 1 of 2 keys"))
        #expect(try Program("verify").run(words + [folder("one")]).diagnostics.contains("warning: 1 of 1 keys"))
    }

    @Test("answers a stream line by line, in order, and continues after a bad line")
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

    @Test("stays closed without a trusted bundle, or with an older one than it has seen")
    func bundles() throws {
        let gate = try VerifyGate(version: 5)
        defer { gate.remove() }
        let options = "--bundle \(gate.folder) --scene metro-gate --text X"
        let clock = try SetClock(at: VerifyGate.now)
        #expect(try VerifyRun(options, clock: clock).code == "malformed")
        try gate.export(version: 4)
        let rollback = try VerifyRun(options, clock: clock)
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

    @Test("also gives a verdict on another issuer's code when the keys or the picture cannot be read")
    func foreignInputs() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let trust = "\(gate.folder)/root.pem"
        for options in [
            "--trust \(trust).none --text HC1:X", "--trust \(gate.folder) --text HC1:X",
            "--trust \(gate.folder)/bundle.cbor --text HC1:X", "--trust \(trust) \(gate.folder)/none.png",
            "--trust \(trust) \(trust).JPG", "--trust \(trust) HC1:X",
        ] {
            let run = try VerifyRun("--profile hcert \(options)")
            #expect(run.code == "input_unreadable" && run.verdict == "undecided" && run.status == 2, "\(options)")
        }
        let text = try VerifyRun("--profile hcert --trust \(trust) --text HC1:X")
        #expect(text.code == "malformed" && text.status == 1)
    }

    @Test("gives the same answer with and without the argument parser")
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
