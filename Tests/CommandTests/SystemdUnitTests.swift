import TestSupport
import Testing

@Suite("The systemd units")
struct SystemdUnitTests {
    private static let names = [
        "chain-verify-audit.service", "chain-verify-audit.timer", "chain-verify-witness.service",
        "chain-verify-witness.timer", "suishend.service", "suishend.socket", "verify-sync.service",
        "verify-sync.timer", "verify@.service",
    ]

    /// Copies of the units that start the built commands; a template is copied as one of its instances.
    private func copies() throws -> (folder: ScratchFolder, paths: [String]) {
        let folder = try ScratchFolder()
        let paths = try Self.names.map { name in
            let command = Program("verify").path.dropLast("verify".count)
            let text = try SystemdUnit(name).text.replacing("/usr/local/bin/", with: command)
            return try folder.write(Array(text.utf8), to: name.replacing("@", with: "@metro-gate"))
        }
        return (folder, paths)
    }

    @Test("are all tried here")
    func all() throws {
        let listing = try Program(path: "/bin/ls").run(["\(ProjectFiles.root)/tools/systemd"])
        #expect(listing.output.split(separator: "\n").map(String.init) == Self.names)
    }

    @Test("are taken by systemd without a word")
    func verify() throws {
        let (folder, paths) = try copies()
        let outcome = try Program(path: "/usr/bin/env").run(["systemd-analyze", "verify"] + paths)
        #expect(outcome.status == 0 && outcome.output + outcome.diagnostics == "", "\(outcome) \(folder.path)")
    }

    @Test("leave a stolen process little to do", arguments: names.filter { $0.hasSuffix("service") })
    func sandbox(name: String) throws {
        let (folder, _) = try copies()
        let path = folder(name.replacing("@", with: "@metro-gate"))
        let outcome = try Program(path: "/usr/bin/env").run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=20", path])
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test("let no process that scans reach a network")
    func network() throws {
        let unit = try SystemdUnit("verify@.service")
        #expect(unit.values("PrivateNetwork") == ["yes"] && unit.values("RestrictAddressFamilies") == ["none"])
        #expect(try unit.systemCalls().isDisjoint(with: ["socket", "connect", "bind", "sendto", "recvfrom", "ptrace"]))
    }
}
