import Encoding
import TestSupport
import Testing

@Suite("A batch of requests")
struct BatchProgressTests {
    private static let count = 1_500
    private let run: SuishenRun
    private let lines: String

    init() throws {
        run = try SuishenRun()
        let object = #"{"kind": "object", "manager": "\#(SuishenRun.uscc)", "category": "park"}"#
        let text = Array(repeating: object, count: Self.count).joined(separator: "\n")
        lines = try run.folder.write(Array(text.utf8), to: "lines.ndjson")
    }

    /// The command's stderr on a terminal.
    private func terminal(_ words: String) throws -> [Substring] {
        let answers = run.folder("answers")
        let command = "\(words) --state \(run.folder("state")) --json > \(answers)"
        let outcome = try Program(path: "/usr/bin/script").run(["-qec", command, "/dev/null"])
        try #require(outcome.status == 0, "\(outcome)")
        #expect(try ProjectFiles.bytes(answers).count { $0 == UInt8(ascii: "\n") } == Self.count)
        return outcome.output.split { $0.isNewline }
    }

    @Test("shows done requests and rate on a terminal, and for a file also the requests left")
    func file() throws {
        let suishen = "\(Program("suishen").path) object register --from"
        for words in ["\(suishen) \(lines)", "\(suishen) - < \(lines)"] {
            let shown = try terminal(words)
            for line in shown {
                let numbers = line.split { !$0.isNumber }.compactMap { Int($0) }
                #expect(line.contains(" requests, ") && line.contains(" a second, ") && line.contains(" left"))
                #expect(numbers.count == 3 && numbers[0] + numbers[2] == Self.count, "\(line)")
            }
            #expect(shown.last?.hasPrefix("\(Self.count) requests") == true)
        }
    }

    @Test("from a pipe shows only done requests and rate, and nothing without a terminal")
    func pipe() throws {
        let shown = try terminal("cat \(lines) | \(Program("suishen").path) object register --from -")
        #expect(shown.last?.hasPrefix("\(Self.count) requests, ") == true && shown.last?.contains("left") == false)
        let silent = try run.run(["object", "register", "--from", lines])
        #expect(silent.status == 0 && silent.diagnostics.isEmpty)
    }

    @Test("is answered line by line, before the next lines arrive")
    func coming() throws {
        let object = #"{"kind": "object", "manager": "\#(SuishenRun.uscc)", "category": "park"}"#
        // Each line is written after the previous one was answered.
        let script = """
            mkfifo to from
            timeout 60 "$0" "$@" < to > from & exec 3> to 4< from
            for n in 1 2 3; do echo '\(object)' >&3; read -r line <&4 || exit 9; echo "$line"; done
            exec 3>&-; wait $!
            """
        let outcome = try Program("suishen").run(
            ["object", "register", "--from", "-", "--state", run.folder("state"), "--json"],
            script: "cd \(run.folder.path); \(script)")
        #expect(outcome.status == 0 && outcome.output.split(separator: "\n").count == 3, "\(outcome)")
    }
}
