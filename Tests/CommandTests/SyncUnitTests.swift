import TestSupport
import Testing

@Suite("The systemd units of verify sync")
struct SyncUnitTests {
    private static let names = ["verify-sync.service", "verify-sync.timer"]

    private static let hasSystemd =
        (try? Program(path: "/usr/bin/env").run(["systemd-analyze", "--version"]).status) == 0

    /// Copies of the units that start the built command.
    private func copies() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for name in Self.names {
            let unit = String(
                decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/systemd/\(name)"), as: UTF8.self)
            let parts = unit.split(separator: "/usr/local/bin/verify ", omittingEmptySubsequences: false)
            try folder.write(Array(parts.joined(separator: Program("verify").path + " ").utf8), to: name)
        }
        return folder
    }

    @Test("are taken by systemd without a word", .enabled(if: hasSystemd))
    func verify() throws {
        let folder = try copies()
        let outcome = try Program(path: "/usr/bin/env").run(
            ["systemd-analyze", "verify"] + Self.names.map { folder($0) })
        #expect(outcome.status == 0 && outcome.output + outcome.diagnostics == "", "\(outcome)")
    }

    @Test("leave a stolen process little to do", .enabled(if: hasSystemd))
    func sandbox() throws {
        let folder = try copies()
        let outcome = try Program(path: "/usr/bin/env").run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=20", folder("verify-sync.service")])
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test("give verify sync options that it takes")
    func options() throws {
        let unit = String(
            decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/systemd/verify-sync.service"), as: UTF8.self)
        let start = try #require(unit.components("ExecStart=").dropFirst().first?.components("\n# ").first)
        let words = start.split { $0 == " " || $0 == "\n" || $0 == "\\" }.map(String.init)
        #expect(words.first == "/usr/local/bin/verify")
        let address = "http://127.0.0.1:1"
        let scratch = try ScratchFolder()
        let arguments = words.dropFirst().map { word in
            word.hasPrefix("/var/lib/") ? scratch("none") : word == "${GATES_URL}" ? address : word
        }
        let outcome = try Program("verify").run(arguments + ["--timeout", "1"])
        // The options are right, and the folder is missing.
        #expect(outcome.status == 1 && outcome.errorCode == "folder_unwritable", "\(outcome)")
    }
}

extension String {
    /// The parts between the occurrences of a text.
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
