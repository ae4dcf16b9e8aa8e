import Encoding
import TestSupport
import Testing

@Suite("verify with --value-sets")
struct ValueSetsCommandTests {
    private static let certificate = ProjectFiles.shared + "/vectors/dgc/AT/2DCode/raw/1.json"
    private static let file = ProjectFiles.fixtures + "/health/value-sets.json"
    /// A second at which the certificate of the vector is valid.
    private static let time = "1622600000"

    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func run(_ words: [String]) throws -> (run: VerifyRun, diagnostics: String) {
        let outcome = try Program("verify").run(words)
        return (try VerifyRun(outcome), outcome.diagnostics)
    }

    @Test(
        "takes a certificate whose codes are listed, and refuses one that has another code",
        .enabled(if: ProjectFiles.exists(certificate), "no vectors beside the project"))
    func verdicts() throws {
        let vector = try JSONValue.parse(try ProjectFiles.bytes(Self.certificate), byteCountMax: 1 << 20)
        let trust = try scratch.write(
            Base64.decode(try #require(vector["TESTCTX"]?["CERTIFICATE"]?.string)), to: "trust.der")
        let text = try #require(vector["PREFIX"]?.string)
        let words = ["--profile", "hcert", "--trust", trust, "--at", Self.time, "--text", text, "--value-sets"]
        let listed = try run(words + [Self.file])
        #expect(listed.run.code == "ok" && listed.run.status == 0 && listed.diagnostics.isEmpty)
        let stage = listed.run.lines.first?["stages"]?.array?.last
        #expect(stage == ["stage": "value_sets", "result": "ok"])

        let content = String(decoding: try ProjectFiles.bytes(Self.file), as: UTF8.self)
        let altered = content.replacing("\"AT\": {", with: "\"AU\": {")
        let other = try run(words + [try scratch.write(Array(altered.utf8), to: "other.json")])
        #expect(other.run.code == "malformed" && other.run.verdict == "reject" && other.run.status == 1)
        let verdict = try #require(other.run.lines.first)
        #expect(verdict["reason"]?.string?.hasPrefix("co of the vaccination is \"AT\"") == true)
        #expect(verdict["stages"]?.array?.last == ["stage": "value_sets", "result": "failed"])
    }

    @Test("is undecided over a file that cannot be used, and names it where some of it is not")
    func files() throws {
        let trust = try scratch.write(Array(String(repeating: "11", count: 32).utf8), to: "trust.hex")
        let words = ["--profile", "hcert", "--trust", trust, "--text", "HC1:X", "--value-sets"]
        for (content, reason) in [
            ("", "value sets"), ("{", "value sets"), ("[]", "no value set"),
            (#"{"valueSetId":"others","valueSetValues":{"1":{}}}"#, "no value set"),
            (#"[{"valueSetId":"others"}]"#, "valueSetValues"),
        ] {
            let broken = try run(words + [try scratch.write(Array(content.utf8), to: "sets.json")])
            #expect(broken.run.verdict == "undecided" && broken.run.status == 2, "\(content)")
            #expect(broken.run.lines.count == 1 && broken.run.lines.first?["reason"]?.string?.contains(reason) == true)
            #expect(broken.diagnostics.contains("[value_sets_unreadable]"), "\(broken.diagnostics)")
        }
        let missing = try run(words + [scratch("none")])
        #expect(missing.run.code == "input_unreadable" && missing.run.status == 2)

        let known = #"{"valueSetId":"country-2-codes","valueSetValues":{"SE":{}}}"#
        let other = #"{"valueSetId":"others","valueSetValues":{"1":{}}}"#
        let both = try run(words + [try scratch.write(Array("[\(known),\(other)]".utf8), to: "both.json")])
        #expect(both.run.code == "malformed" && both.diagnostics.contains("warning: no field refers to 1 of"))
    }

    @Test("belongs to --profile hcert")
    func usage() throws {
        let sets = ["--value-sets", Self.file, "--text", "X"]
        for words in [["--profile", "claim169", "--trust", "x"], ["--bundle", "x", "--scene", "metro-gate"]] {
            let outcome = try Program("verify").run(words + sets)
            #expect(outcome.status == 64 && outcome.diagnostics.contains("--value-sets belongs to --profile hcert"))
        }
    }
}
