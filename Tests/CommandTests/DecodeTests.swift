import Encoding
import TestSupport
import Testing

@Suite("The command verify decode")
struct DecodeTests {
    private static let text = "SP1:SUISHEN SCAN FIXTURE " + String(repeating: "0123456789", count: 4)

    /// Time is no part of these tests.
    private func decode(_ name: String, _ options: [String] = []) throws -> Program.Outcome {
        let picture = "\(ProjectFiles.fixtures)/scans/\(name)"
        return try Program("verify").run(["decode", "--budget", "60000"] + options + [picture])
    }

    @Test("joins the parts of a split text, and says in JSON where they are")
    func joinsParts() throws {
        let outcome = try decode("split-three.png")
        #expect(outcome.status == 0 && outcome.output == Self.text + "\n" && outcome.diagnostics.isEmpty)
        let line = try #require(try decode("split-three.png", ["--json"]).output.split(separator: "\n").first)
        let json = try JSONValue.parse(Array(line.utf8), byteCountMax: 1 << 16)
        #expect(json["text"]?.string == Self.text && json["bytes"]?.string == Hex.encode(Array(Self.text.utf8)))
        let parts = try #require(json["parts"]?.array)
        #expect(parts.map { $0["part"]?.integer } == [1, 2, 3] && parts.allSatisfy { $0["of"]?.integer == 3 })
        // They stand in the order 3, 1, 2.
        let lefts = parts.compactMap { $0["corners"]?.array?.first?.array?.first?.integer }
        #expect(lefts.count == 3 && lefts[2] < lefts[0] && lefts[0] < lefts[1])
    }

    @Test("names the parts that are not in the picture, and prints no text")
    func namesMissingParts() throws {
        for (name, said) in [
            ("split-lacking.png", "part 2 of 3 is not in the picture"),
            ("structured-append.png", "parts 2, 3 of 3 are not in the picture"),
        ] {
            let outcome = try decode(name)
            #expect(outcome.status == 2 && outcome.output.isEmpty)
            #expect(outcome.diagnostics.contains("\(said) [structured_append]"))
        }
    }

    @Test("gives joined texts also for a list of paths, and to inspect")
    func givesJoinedTextElsewhere() throws {
        let paths = ["split-three.png", "split-lacking.png"].map { "\(ProjectFiles.fixtures)/scans/\($0)\n" }
        let words = ["decode", "--budget", "60000", "--paths"]
        let outcome = try Program("verify").run(words, input: Array(paths.joined().utf8))
        #expect(outcome.output == Self.text + "\n\n")
        let picture = "\(ProjectFiles.fixtures)/scans/split-three.png"
        let inspected = try Program("suishen").run(["inspect", picture, "--json"])
        #expect(inspected.output.contains("\"code\":\"malformed\""), "the text only begins like a person's code")
    }

    @Test("reads Hanzi mode")
    func readsHanzi() throws {
        #expect(try decode("hanzi.png").output == "书读百遍其义自现\n")
    }
}
