import Credential
import Encoding
import Signing
import TestSupport
import Testing

@Suite("A scanner's lines")
struct StreamFramingTests {
    private func run(_ input: [UInt8], _ gate: VerifyGate, _ options: [String] = []) throws -> [JSONValue] {
        let words = ["--bundle", gate.folder, "--scene", "hospital", "--at", "\(VerifyGate.now)", "--stream"]
        return try Program("verify").run(words + options, input: input).output.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 1 << 20)
        }
    }

    private func digest(_ text: String) -> String {
        Hex.encode(DigestAlgorithm.sha256.digest(Array(text.utf8)).prefix(8))
    }

    @Test("get verdicts with the line's number, from 1, and the digest of the scanned text")
    func matching() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let texts = try [gate.person(kind: .paper), "nonsense", "", gate.person(kind: .paper)]
        // A line feed inside a code makes two lines; the numbers and digests show it.
        let lines = try run(Array((texts.joined(separator: "\n") + "\nSP1:A\nB\n").utf8), gate)
        #expect(lines.map { $0["line"]?.integer } == [1, 2, 3, 4, 5, 6])
        #expect(lines.map { $0["digest"]?.string } == (texts + ["SP1:A", "B"]).map(digest))
        #expect(lines.map { $0["code"]?.string } == ["ok", "malformed", "malformed", "ok", "malformed", "malformed"])
        let long = try run(Array((String(repeating: "A", count: 9_000) + "\n").utf8), gate)
        #expect(long.first?["line"]?.integer == 1 && long.first?["digest"] == nil)
    }

    @Test("end with NUL where that is asked, so that a line feed inside a code gives one verdict")
    func nul() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let good = try gate.person(kind: .paper)
        let lines = try run(Array("\(good)\0\(good)\nSP1:B\0\(good)\0".utf8), gate, ["--nul"])
        #expect(lines.map { $0["code"]?.string } == ["ok", "malformed", "ok"])
        #expect(lines.map { $0["line"]?.integer } == [1, 2, 3])
        #expect(lines[1]["digest"]?.string == digest("\(good)\nSP1:B"))
        let wrong = try Program("verify").run(["--bundle", ".", "--scene", "bus", "--nul", "--text", "X"])
        #expect(wrong.status == 64)
    }

    @Test("may carry the scanner's framing, and are accepted as the code alone")
    func framing() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let code = try gate.person(kind: .paper)
        let framed = [
            "\(code)\r", "]Q1\(code)", "\u{2}\(code)\u{3}", "\(code)\t", "\u{FEFF}\(code)", "\(code)\u{1D}",
            "\u{FEFF}\u{2}]Q3\(code)\t\u{3}\r",
        ]
        let lines = try run(Array(framed.joined(separator: "\n").utf8), gate)
        #expect(lines.map { $0["code"]?.string } == framed.map { _ in "ok" })
        #expect(lines.allSatisfy { $0["digest"]?.string == digest(code) })
    }

    @Test("are malformed with a control character inside, and a backslash stands for itself")
    func controls() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let code = try gate.person(kind: .paper)
        let inside = ["\t", "\0", "\r", "\u{1B}", "\u{1D}", "\u{7F}", #"\n"#, #"\t"#].map {
            code.prefix(9) + $0 + code.dropFirst(9)
        }
        let lines = try run(Array((inside + [code + #"\r"#, "]Q1", "\u{2}"]).joined(separator: "\n").utf8), gate)
        #expect(lines.count == inside.count + 3)
        #expect(lines.allSatisfy { $0["code"]?.string == "malformed" })
        #expect(lines.first?["reason"]?.string?.contains("control character") == true)
    }

    @Test("in lower case get a hint that names the scanner's settings")
    func lowerCase() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let lines = try run(Array(gate.person(kind: .paper).lowercased().utf8), gate)
        #expect(lines.first?["code"]?.string == "malformed")
        #expect(lines.first?["hint"]?.string?.contains("scanner's settings") == true)
    }

    @Test(
        "typed by a keyboard of another country get the same hint",
        arguments: [("SP1:", "SP1Ö"), ("SP1:", "SP&M"), ("SP1:", "SP1Ñ"), ("SP1:", "sp!;")])
    func otherKeyboard(begin: String, typed: String) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let code = try gate.person(kind: .paper)
        let lines = try run(Array((typed + code.dropFirst(begin.count)).utf8), gate)
        #expect(lines.first?["code"]?.string == "malformed")
        #expect(lines.first?["hint"]?.string?.contains("scanner's settings") == true)
    }
}
