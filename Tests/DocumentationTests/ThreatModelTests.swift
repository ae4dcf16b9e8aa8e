import Foundation
import TestSupport
import Testing

@Suite("The page of the threat model")
struct ThreatModelTests {
    @Test("names for every attack a test that is there", arguments: ["At a gate", "At the issuer", "In the log"])
    func tests(section: String) throws {
        let page = try Page("CommandSupport.docc/ThreatModel.md")
        let suites = try Self.suites()
        let attackers = Set(try page.firstCells("Attackers"))
        for row in try page.table(section) {
            #expect(attackers.contains(row["attacker"] ?? ""), "\(row)")
            let named = (row["test"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(!named.isEmpty)
            for name in named {
                let isThere =
                    name.hasPrefix("tools/")
                    ? ProjectFiles.exists("\(ProjectFiles.root)/\(name)") : suites.contains(name)
                #expect(isThere, "no test is called \(name)")
            }
        }
    }

    /// The names of all test suites' types.
    private static func suites() throws -> Set<String> {
        var names: Set<String> = []
        for file in try ProjectFiles.swiftFiles(under: "Tests") {
            let text = String(decoding: try ProjectFiles.bytes(file), as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix("struct ") || line.hasPrefix("final class ") {
                if let name = line.split(separator: " ").dropFirst(line.hasPrefix("final") ? 2 : 1).first {
                    names.insert(String(name.prefix { $0.isLetter || $0.isNumber }))
                }
            }
        }
        return names
    }
}
