import Glibc
import TestSupport
import Testing

@Suite("A hint")
struct HintTests {
    private static let commands = ["suishen", "suishend", "verify", "chain-verify"]

    /// Every text after `hint:` in the sources, with unchanged interpolations.
    private static func hints() throws -> [String] {
        let files = try Program(path: "/usr/bin/find").run([ProjectFiles.root + "/Sources", "-name", "*.swift"]).output
        var hints: [String] = []
        for file in files.split(separator: "\n") {
            let source = String(decoding: try ProjectFiles.bytes(String(file)), as: UTF8.self)
            for part in source.split(separator: "hint:", omittingEmptySubsequences: false).dropFirst() {
                let text = part.drop { $0.isWhitespace }
                if text.first == "\"" { hints.append(String(text.dropFirst().prefix { $0 != "\"" })) }
            }
        }
        return hints
    }

    /// The help of a command or subcommand; nil when none has that name.
    private static func help(_ words: [Substring]) throws -> String? {
        let outcome = try Program(String(words[0])).run(words.dropFirst().map(String.init) + ["--help"])
        let usage = "USAGE: \(words.joined(separator: " "))"
        guard outcome.status == 0, words.count == 1 || outcome.output.contains(usage) else { return nil }
        return outcome.output
    }

    @Test("names only commands and options that exist")
    func commandsExist() throws {
        let hints = try Self.hints()
        #expect(hints.count > 100)
        var named = 0
        for hint in hints {
            for quoted in hint.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            where quoted.offset % 2 == 1 {
                let words = quoted.element.split(separator: " ")
                guard let first = words.first, Self.commands.contains(String(first)) else { continue }
                let path = words.prefix { word in word.allSatisfy { $0.isLowercase || $0 == "-" } && word.first != "-" }
                let help = try #require(try Self.help(Array(path)), "\(hint)")
                for option in words where option.hasPrefix("--") { #expect(help.contains(option), "\(hint)") }
                named += 1
            }
        }
        #expect(named > 15)
    }
}
