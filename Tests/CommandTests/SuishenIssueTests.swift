import Encoding
import QRReading
import TestSupport
import Testing

@Suite("suishen, from registration to picture")
struct SuishenIssueTests {
    /// The budgets of the wire format: the signed message's bytes if given, and the QR version at level M.
    private static let budgets: [String: (bytes: Int64?, version: Int64)] = [
        "signed": (276, 12), "chain": (204, 10), "timed": (172, 9), "paper": (172, 9), "delegated": (241, 11),
        "enterprise": (nil, 10), "place": (nil, 10), "object": (nil, 9),
    ]

    @Test("keeps every form within its budget, and its picture gives its text", arguments: ["ed25519", "es256", "sm2"])
    func budgets(suite: String) throws {
        let run = try SuishenRun(suite: suite)
        for (name, code) in try codes(run) {
            let budget = try #require(Self.budgets[name])
            let text = try #require(code["text"]?.string)
            #expect(try #require(code["qrVersion"]?.integer) <= budget.version, "\(suite) \(name)")
            if let bytes = budget.bytes { #expect(try #require(code["bytes"]?.integer) <= bytes, "\(suite) \(name)") }
            var scanner = Scanner()
            let scan = scanner.scan(try PictureFile(ProjectFiles.bytes(run.folder("\(name).png"))).grey)
            #expect(scan.codes.map(\.text) == [text], "\(suite) \(name)")
            let inspected = try run.answer(["inspect", text])
            #expect(inspected["trusted"]?.bool == false)
            #expect(inspected["form"] == code["form"])
        }
    }

    private func codes(_ run: SuishenRun) throws -> [String: JSONValue] {
        let person = try run.person()
        let suite = run.suite
        try run.answer(["device", "keygen", "--out", run.folder("phone.pem"), "--algorithm", suite])
        let chainWords =
            ["device", "chain", "--out", run.folder("seed")] + (suite == "sm2" ? ["--algorithm", "sm2"] : [])
        let anchor = try #require(try run.answer(chainWords)["anchor"]?.string)
        func issue(_ subject: String, _ words: [String] = [], png: String? = nil) throws -> JSONValue {
            try run.answer(["issue", subject] + words + (png.map { ["--png", run.folder("\($0).png")] } ?? []))
        }
        func present(_ code: JSONValue, _ words: [String], png: String) throws -> JSONValue {
            let text = try #require(code["text"]?.string)
            return try run.answer(["present", "--credential", text, "--png", run.folder("\(png).png")] + words)
        }
        let guardian = try run.subject(["person", "register", "--resident-id", "440524188001010014"])
        let delegation = ["--anchor", anchor, "--guardian", guardian, "--scope", "3"]
        let seed = ["--seed", run.folder("seed")]
        return [
            "signed": try present(
                issue(person, ["--device-key", run.folder("phone.pub.pem")]),
                ["--device-key", run.folder("phone.pem")], png: "signed"),
            "chain": try present(issue(person, ["--anchor", anchor]), seed, png: "chain"),
            "delegated": try present(issue(person, delegation), seed, png: "delegated"),
            "timed": try issue(person, ["--kind", "timed"], png: "timed"),
            "paper": try issue(person, ["--kind", "paper"], png: "paper"),
            "enterprise": try issue(run.enterprise(), png: "enterprise"),
            "place": try issue(run.place(), png: "place"),
            "object": try issue(run.object(), png: "object"),
        ]
    }

    @Test("reads a picture back before writing it, and reports the readings; a text alone is not read")
    func readsBack() throws {
        let run = try SuishenRun()
        let object = try run.object()
        let drawn = try run.answer(["issue", object, "--svg", run.folder("code.svg")])
        let reads = try #require(drawn["reads"]?.array)
        #expect(Set(reads.compactMap { $0["modulePixels"]?.integer }).count >= 2)
        #expect(reads.contains { ($0["tiltDegrees"]?.integer ?? 0) > 0 })
        #expect((0..<8).contains(drawn["mask"]?.integer ?? 8))
        #expect(drawn["level"]?.string == "M")
        let text = try run.answer(["issue", object])
        #expect(text["reads"] == nil && text["mask"]?.integer != nil)
    }

    @Test("prints the text of an issued code when its picture fails")
    func keepsText() throws {
        let run = try SuishenRun()
        let outcome = try run.run(["issue", run.object(), "--png", run.folder("none/code.png")])
        #expect(outcome.status == 1 && outcome.diagnostics.contains("[output_unwritable]"))
        let code = try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)
        #expect(try run.answer(["inspect", #require(code["text"]?.string)])["form"]?.string == "object")
    }

    @Test("answers a batch in order, and refuses a bad line by itself")
    func batch() throws {
        let run = try SuishenRun()
        let good = "{\"kind\":\"object\",\"manager\":\"\(SuishenRun.uscc)\",\"category\":\"bridge\"}\n"
        let bad = "{\"kind\":\"object\",\"manager\":\"\(SuishenRun.uscc)\",\"category\":\"moon\"}\nnonsense\n"
        let long = String(repeating: "x", count: 100_000) + "\n"
        let outcome = try run.run(["object", "register", "--from", "-"], input: Array((good + bad + long + good).utf8))
        #expect(outcome.status == 1)
        let lines = try outcome.output.split(separator: "\n").map { try JSONValue.parse($0.utf8, byteCountMax: 4096) }
        #expect(
            lines.map { $0["error"]?["code"]?.string } == [
                nil, "category_unknown", "request_malformed", "request_too_long", nil,
            ])
        #expect(lines.compactMap { $0["subject"]?.string }.count == 2)
    }

    @Test("gives the symbol of each code in a batch")
    func batchOfCodes() throws {
        let run = try SuishenRun()
        let (object, person) = (try run.object(), try run.person())
        let strip = "{\"subject\":\"\(person)\",\"kind\":\"timed\",\"count\":2,\"lifetime\":60}"
        let lines = "{\"subject\":\"\(object)\"}\n\(strip)\n{\"subject\":\"nobody\"}\n"
        let outcome = try run.run(["issue", "--from", "-"], input: Array(lines.utf8))
        let answers = try outcome.output.split(separator: "\n").map { line in
            try JSONValue.parse(line.utf8, byteCountMax: 1 << 14)
        }
        #expect(answers.count == 3)
        #expect(answers.first?["qrVersion"] == 9)
        #expect(answers.dropFirst().first?["codes"]?.array?.map { $0["qrVersion"] } == [9, 9])
        #expect(answers.last?["error"]?["code"] == "subject_unknown")
    }

    @Test("revokes the live codes of a subject, which may have none")
    func revokes() throws {
        let run = try SuishenRun()
        let person = try run.person()
        #expect(try run.answer(["revoke", person])["revoked"] == 0)
        try run.answer(["issue", person, "--kind", "paper"])
        #expect(try run.answer(["revoke", person])["revoked"] == 1)
        #expect(try run.answer(["revoke", person])["revoked"] == 0)
    }

    @Test("writes a bundle, with epoch keys only for requested domains, and never over another root")
    func bundle() throws {
        let run = try SuishenRun()
        let other = try SuishenRun()
        try run.answer(["bundle", "export", "--out", run.folder("plain")])
        #expect(!ProjectFiles.exists(run.folder("plain/epoch-keys.cbor")))
        try run.answer(["bundle", "export", "--out", run.folder("metro"), "--domain", "transit"])
        #expect(ProjectFiles.exists(run.folder("metro/epoch-keys.cbor")))
        try run.answer(["bundle", "export", "--out", run.folder("metro"), "--domain", "transit"])
        let before = try ProjectFiles.bytes(run.folder("metro/bundle.cbor"))
        #expect(try other.isRefused(["bundle", "export", "--out", run.folder("metro")], code: "root_differs"))
        #expect(try ProjectFiles.bytes(run.folder("metro/bundle.cbor")) == before)
    }
}
