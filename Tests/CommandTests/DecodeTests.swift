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

    @Test("reads by our own reader alone and without a limit, the same each time")
    func readsAlone() throws {
        let names = ["split-three", "two", "hanzi", "tilted", "colour", "empty", "destroyed"]
        let pictures = names.map { "\(ProjectFiles.fixtures)/scans/\($0).png" }
        let words = ["decode", "--json", "--no-zbar", "--budget", "none"] + pictures
        let first = try Program("verify").run(words)
        #expect(first.output.contains("SECOND CODE OF TWO") && first.output.contains("书读百遍其义自现"))
        #expect(first.diagnostics.contains("empty.png: there is no QR code in the picture [no_code]"))
        let again = try Program("verify").run(words)
        #expect(again.output == first.output && again.diagnostics == first.diagnostics)
    }

    @Test("takes a budget of milliseconds or none, and says so", arguments: ["soon", "1.5", "-1", "None"])
    func refusesBudget(word: String) throws {
        let film = ["--bundle", "a", "--scene", "b", "--frames", "64x64"]
        for command in [["decode", "a.png"], film, ["--text", "a"]] {
            let outcome = try Program("verify").run(command + ["--budget=\(word)"])
            #expect(outcome.status == 64 && outcome.output.isEmpty)
            #expect(outcome.diagnostics.contains("a budget is whole milliseconds, or none for no limit"))
        }
    }

    @Test("reads Hanzi mode")
    func readsHanzi() throws {
        #expect(try decode("hanzi.png").output == "书读百遍其义自现\n")
    }
}
