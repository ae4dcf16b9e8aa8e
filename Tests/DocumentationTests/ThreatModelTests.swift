import Foundation
import TestSupport
import Testing

@Suite("The page of the threat model")
struct ThreatModelTests {
    private static let sections = ["At a gate", "At the issuer", "In the log"]
    /// The attackers that the page must speak of; it has more.
    private static let attackers: Set = [
        "passer-by", "holder", "crowd of holders", "gate thief", "gate vendor", "network", "clerk", "operator",
        "issuer's insider", "root holder", "other issuer", "database administrator", "backup thief",
    ]

    @Test("names for every attack tests that are there and run", arguments: sections)
    func tests(section: String) throws {
        let page = try Page("CommandSupport.docc/ThreatModel.md")
        let known = Set(try page.firstCells("Attackers"))
        let run = try RunTests()
        for row in try page.table(section) {
            #expect(known.contains(row["attacker"] ?? ""), "\(row)")
            #expect(!(row["attack"] ?? "").isEmpty && !(row["what stops it"] ?? "").isEmpty, "\(row)")
            #expect(run.missing(from: row["test"]) == [], "\(row)")
        }
    }

    @Test("has an attack by every attacker, and every attacker that there must be")
    func complete() throws {
        let page = try Page("CommandSupport.docc/ThreatModel.md")
        let known = Set(try page.firstCells("Attackers"))
        let tried = Set(try Self.sections.flatMap { try page.firstCells($0) })
        #expect(Self.attackers.subtracting(known) == [])
        #expect(known.subtracting(tried) == [])
    }

    @Test("is kept by the promises of SECURITY.md, each with tests that are there and run")
    func promises() throws {
        let run = try RunTests()
        let rows = try Page(file: "SECURITY.md").table("What is defended")
        #expect(rows.count > 8)
        for row in rows { #expect(run.missing(from: row["the test that shows it"]) == [], "\(row)") }
    }

    @Test("would be told of a test that is missing, never runs, or is mentioned only")
    func told() throws {
        let run = try RunTests()
        #expect(run.missing(from: nil) == ["no test"] && run.missing(from: " ") == ["no test"])
        // A type that is no suite, and tools that a comment or another tool alone mentions.
        let names = ["ScratchFolder", "tools/targets.py", "tools/fuzz", "tools/tamper", "NoSuchTests", "tools/none"]
        #expect(run.missing(from: names.joined(separator: ", ")) == names)
        #expect(run.missing(from: "ThreatModelTests, tools/privacy, tools/hostile") == [])
    }
}

/// What `tools/test` runs: the suites of the tests, and the tools that it or a test calls.
private struct RunTests {
    private var suites: Set<String> = []
    /// The lines of tests and of `tools/test` that are no comments.
    private var lines: [Substring] = []

    init() throws {
        for file in try ProjectFiles.swiftFiles(under: "Tests") where !file.hasSuffix("/ThreatModelTests.swift") {
            add(String(decoding: try ProjectFiles.bytes(file), as: UTF8.self))
        }
        suites.insert("ThreatModelTests")
        let script = String(decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/test"), as: UTF8.self)
        lines += script.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
    }

    private mutating func add(_ text: String) {
        let own = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
        lines += own
        let hasTests = own.contains { $0.hasPrefix("    @Test") }
        var isSuite = false
        for line in own {
            if line.hasPrefix("@Suite") { isSuite = true }
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(where: { $0 == "struct" || $0 == "class" }), !line.hasPrefix(" ") else {
                continue
            }
            if isSuite, hasTests, place + 1 < words.count {
                suites.insert(String(words[place + 1].prefix { $0.isLetter || $0.isNumber }))
            }
            isSuite = false
        }
    }

    /// Those of a cell's tests that do not run; `no test` for a cell without any.
    func missing(from cell: String?) -> [String] {
        let named = (cell ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        guard !named.isEmpty else { return ["no test"] }
        return named.filter { name in
            guard name.hasPrefix("tools/") else { return !suites.contains(name) }
            let tool = name.dropFirst("tools/".count)
            let isThere = ProjectFiles.exists("\(ProjectFiles.root)/\(name)")
            return !isThere || !lines.contains { calls($0, tool) }
        }
    }

    /// Whether a line starts a tool: by its path, or by its name as the first word of a test's own `run`.
    private func calls(_ line: Substring, _ tool: Substring) -> Bool {
        if line.contains("run(\"\(tool)\"") || line.contains("tools/\(tool)\"") { return true }
        return (line + " ").contains("tools/\(tool) ") && !line.contains("\"tools/")
    }
}
