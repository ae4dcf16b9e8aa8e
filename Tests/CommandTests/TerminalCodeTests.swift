import TestSupport
import Testing

@Suite("suishen issue --terminal")
struct TerminalCodeTests {
    private static let (begin, end) = ("\u{1B}[38;5;16;48;5;231m", "\u{1B}[0m")

    private let run: SuishenRun
    private let issue: String

    init() throws {
        run = try SuishenRun()
        let object = try run.object()
        issue = "\(Program("suishen").path) issue \(object) --terminal --json --state \(run.folder("state"))"
    }

    /// What the command draws where stderr is a terminal of this kind.
    private func terminal(_ kind: String) throws -> [Substring] {
        let command = "TERM=\(kind) \(issue) > \(run.folder("answer"))"
        let outcome = try Program(path: "/usr/bin/script").run(["-qec", command, "/dev/null"])
        try #require(outcome.status == 0, "\(outcome)")
        return outcome.output.split { $0.isNewline }
    }

    @Test("sets both colours of every line on a terminal, and takes them back at its end")
    func colours() throws {
        let lines = try terminal("xterm")
        #expect(lines.count > 20)
        for line in lines {
            #expect(line.hasPrefix(Self.begin) && line.hasSuffix(Self.end))
            let blocks = line.dropFirst(Self.begin.count).dropLast(Self.end.count)
            #expect(blocks.allSatisfy { "█▀▄ ".contains($0) })
        }
    }

    @Test("writes no escape sequence to a file, or to a terminal that knows none")
    func plain() throws {
        let dumb = try terminal("dumb")
        #expect(dumb.count > 20 && dumb.allSatisfy { line in line.allSatisfy { "█▀▄ ".contains($0) } })
        let file = try Program(path: "/bin/sh").run(["-c", issue])
        let lines = file.diagnostics.split(separator: "\n")
        #expect(file.status == 0 && lines.count == dumb.count)
        #expect(lines.allSatisfy { line in line.allSatisfy { "█▀▄ ".contains($0) } })
    }
}
