import Encoding
import TestSupport
import Testing

@Suite("The systemd units")
struct SystemdUnitTests {
    private static let names = [
        "chain-verify-audit.service", "chain-verify-audit.timer", "chain-verify-witness-serve.service",
        "chain-verify-witness.service", "chain-verify-witness.timer", "suishen-kiosk-browser.service",
        "suishen-kiosk.service", "suishen-web.service", "suishend.service", "suishend.socket", "verify-sync.service",
        "verify-sync.timer", "verify@.service",
    ]

    /// Copies of the units that start the built commands; a template is copied as one of its instances.
    private func copies() throws -> (folder: ScratchFolder, paths: [String]) {
        let folder = try ScratchFolder()
        let paths = try Self.names.map { name in
            let command = Program("verify").path.dropLast("verify".count)
            // The browser and what draws it are other projects' programs.
            let text = try SystemdUnit(name).text.replacing("/usr/local/bin/", with: command)
                .replacing("/usr/bin/cage", with: "/usr/bin/env")
            return try folder.write(Array(text.utf8), to: name.replacing("@", with: "@metro-gate"))
        }
        return (folder, paths)
    }

    @Test("are all tried here")
    func all() throws {
        let listing = try Program(path: "/bin/ls").run(["\(ProjectFiles.root)/tools/systemd"])
        let units = listing.output.split(separator: "\n").map(String.init).filter { !$0.hasSuffix(".json") }
        #expect(units == Self.names)
    }

    @Test("are taken by systemd without a word")
    func verify() throws {
        let (folder, paths) = try copies()
        let outcome = try Program(path: "/usr/bin/env").run(["systemd-analyze", "verify"] + paths)
        #expect(outcome.status == 0 && outcome.output + outcome.diagnostics == "", "\(outcome) \(folder.path)")
    }

    /// A browser makes its own sandboxes, and for that needs what the other units forbid.
    @Test(
        "leave a stolen process little to do",
        arguments: names.filter { $0.hasSuffix("service") && !$0.contains("browser") })
    func sandbox(name: String) throws {
        let (folder, _) = try copies()
        let path = folder(name.replacing("@", with: "@metro-gate"))
        let outcome = try Program(path: "/usr/bin/env").run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=20", path])
        #expect(outcome.status == 0, "\(outcome)")
    }

    @Test("give the kiosk's browser the camera for the server's own page, and nothing else a page")
    func kiosk() throws {
        let (server, browser) = try (SystemdUnit("suishen-kiosk.service"), SystemdUnit("suishen-kiosk-browser.service"))
        let place = try #require(server.start.firstIndex(of: "--listen"))
        let origin = "http://\(server.start[place + 1])"
        #expect(browser.start.last == origin + "/" && browser.start.contains("--kiosk"))
        for unit in [server, browser] {
            #expect(unit.values("Restart") == ["always"] && unit.values("StartLimitIntervalSec") == ["0"])
            #expect(unit.values("IPAddressDeny") == ["any"] && unit.values("IPAddressAllow") == ["localhost"])
        }
        let path = "\(ProjectFiles.root)/tools/systemd/suishen-kiosk-policy.json"
        let policy = try JSONValue.parse(ProjectFiles.bytes(path), byteCountMax: 1 << 16)
        #expect(policy["VideoCaptureAllowedUrls"] == [.string(origin)] && policy["VideoCaptureAllowed"] == false)
        #expect(policy["URLAllowlist"] == [.string(origin)] && policy["URLBlocklist"] == ["*"])
    }

    @Test("let a flood on the pages leave the daemon its processor, and bring nobody but this machine to them")
    func pages() throws {
        let (pages, daemon) = try (SystemdUnit("suishen-web.service"), SystemdUnit("suishend.service"))
        #expect(pages.values("CPUWeight") == ["10"] && daemon.values("CPUWeight") == [])
        #expect(pages.values("IPAddressDeny") == ["any"] && pages.values("IPAddressAllow") == ["localhost"])
        let place = try #require(pages.start.firstIndex(of: "--socket"))
        #expect(try SystemdUnit("suishend.socket").values("ListenStream") == [pages.start[place + 1]])
    }

    @Test("let no process that scans reach a network")
    func network() throws {
        let unit = try SystemdUnit("verify@.service")
        #expect(unit.values("PrivateNetwork") == ["yes"] && unit.values("RestrictAddressFamilies") == ["none"])
        #expect(try unit.systemCalls().isDisjoint(with: ["socket", "connect", "bind", "sendto", "recvfrom", "ptrace"]))
    }
}
