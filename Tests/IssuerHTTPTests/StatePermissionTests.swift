import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("The owner and mode of an installation's files", .serialized)
struct StatePermissionTests {
    private struct Damage {
        /// The path below the folder that holds the installation.
        let path: String
        let script: String

        init(_ path: String, _ script: String) {
            self.path = path
            self.script = script
        }
    }

    private static let modes: [Damage] = [
        .init("state", "chmod 0777"), .init("state", "chmod 0770"), .init("state/keys", "chmod 0755"),
        .init("state/keys/root.pem", "chmod 0440"), .init("state/keys/registry.key", "chmod 0602"),
        .init("state/log", "chmod 0775"), .init("state/log/checkpoint", "chmod 0666"),
        .init("state/log/tile", "chmod 0757"), .init("state/log/tile/entries/000.p/1", "chmod 0646"),
        .init("state/run", "chmod 0730"), .init("state/run/lock", "chmod 0644"),
        .init("state/registry.sqlite", "chmod 0666"), .init("state/registry.sqlite", "chmod 0640"),
        .init("state/registry.sqlite-wal", "chmod 0604"), .init("state/registry.sqlite-shm", "chmod 0606"),
        .init("state/suishend.yaml", "chmod 0664"), .init("state.beat", "chmod 0644"), .init("", "chmod 0773"),
        .init("state/a file", "chmod 0666"),
    ]

    private static let owners: [Damage] = [
        "state", "state/keys", "state/keys/root.pem", "state/suishend.yaml", "state/log/checkpoint", "state.beat",
        "state/registry.sqlite", "state/run", "state/run/lock", "", "state/a file",
    ].map { Damage($0, "chown 40001") }

    /// An installation with an event in its log, and with each file that a daemon leaves.
    private static func installation() throws -> Installation {
        let installation = try Installation()
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        _ = try client.ask(.appendEvent, ["object": .string(object), "step": "inspecting"])
        try #require(daemon.end(SIGTERM) == 0)
        for name in ["registry.sqlite-wal", "registry.sqlite-shm", "a file"] {
            try installation.folder.write([], to: "state/" + name, mode: 0o600)
        }
        return installation
    }

    private static func suishend(_ installation: Installation, _ words: [String] = []) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishend", "--state", installation.state.path] + words)
    }

    /// The commands in a report's hint.
    private static func commands(_ report: String) throws -> String {
        let hint = try #require(
            report.split(separator: "\n").first { $0.contains("hint: run `chmod") || $0.contains("hint: run `chown") })
        return String(try #require(hint.split(separator: "`").dropFirst().first))
    }

    private static func expectMended(_ installation: Installation, _ damages: [Damage]) throws {
        for damage in damages {
            let path = "\(installation.folder.path)/\(damage.path)"
            try #require(try HTTPDaemon.run(["sh", "-c", "\(damage.script) \"$0\"", path]).status == 0)
        }
        let checked = try Self.suishend(installation, ["--check-config"])
        let note = "\(damages): \(checked.output)"
        #expect(checked.status == 1 && checked.output.contains("[state_permissions]"), "\(note)")
        let started = try Self.suishend(installation)
        #expect(started.status == 1 && !ProjectFiles.exists(installation.state.socket), "\(note)")
        let words = try Self.commands(checked.output)
        #expect(try HTTPDaemon.run(["sh", "-c", words]).output.isEmpty, "\(words)")
        let after = try Self.suishend(installation, ["--check-config"])
        #expect(after.status == 0, "\(words): \(after.output)")
    }

    @Test("keep a daemon from starting where others may write or read, and the report's commands mend each")
    func modes() throws {
        let installation = try Self.installation()
        for damage in Self.modes { try Self.expectMended(installation, [damage]) }
        let daemon = try HTTPDaemon(installation)
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test(
        "keep a daemon from starting where another user owns one",
        .enabled(if: getuid() == 0, "only root can give a file away"))
    func owners() throws {
        let installation = try Self.installation()
        for damage in Self.owners { try Self.expectMended(installation, [damage]) }
        let all = Self.owners + Self.modes.filter { $0.path != "state/keys/root.pem" }
        try Self.expectMended(installation, all)
    }

    @Test(
        "are left to the owner: another user is told whose they are, and not to take them over",
        .enabled(if: getuid() == 0, "only root can become another user"))
    func stranger() throws {
        let installation = try Self.installation()
        let state = installation.state
        #expect(throws: Never.self) { try IssuingService.checkPermissions(of: state, owner: 0) }
        do throws(OperationError) {
            try IssuingService.checkPermissions(of: state, owner: 40_001)
            Issue.record("another user's installation was taken")
        } catch {
            #expect(error.code == "state_permissions", "\(error)")
            #expect(error.hint == "run it as user 0, who owns the folder", "\(error)")
        }
    }

    @Test("are looked at behind a link to another disk too, and above it")
    func links() throws {
        let installation = try Self.installation()
        let disk = try ScratchFolder()
        let script = "mv \(installation.state.log) \(disk.path)/log && ln -s \(disk.path)/log \(installation.state.log)"
        try #require(try HTTPDaemon.run(["sh", "-c", script]).status == 0)
        #expect(try Self.suishend(installation, ["--check-config"]).status == 0)
        try Self.expectMended(installation, [.init("state/log/checkpoint", "chmod 0666")])
        unsafe chmod(disk.path, 0o777)
        try Self.expectMended(installation, [])
        // A link that the service does not follow may lead anywhere, and back.
        let open = try ScratchFolder()
        unsafe chmod(open.path, 0o777)
        unsafe symlink(open.path, installation.state.path + "/anywhere")
        unsafe symlink(installation.state.path, installation.state.path + "/keys/again")
        #expect(try Self.suishend(installation, ["--check-config"]).status == 0)
    }

    @Test(
        "are looked at behind a link of each file and folder that the service opens",
        .enabled(if: getuid() == 0, "only root can give a file away"),
        arguments: [
            "keys/root.pem", "keys/registry.key", "keys", "log/checkpoint", "log/tile", "log/tile/entries", "run/lock",
            "run", "suishend.yaml", "registry.sqlite",
        ])
    func linkedFiles(name: String) throws {
        let installation = try Self.installation()
        let disk = try ScratchFolder()
        let path = "\(installation.state.path)/\(name)"
        let target = disk("moved")
        try #require(unsafe rename(path, target) == 0 && symlink(target, path) == 0)
        #expect(try Self.suishend(installation, ["--check-config"]).status == 0)
        for script in ["chown -h 40001 \(target)", "chmod 0777 \(disk.path)", "chmod go+w \(target)"] {
            try #require(try HTTPDaemon.run(["sh", "-c", script]).status == 0)
            try Self.expectMended(installation, [])
        }
        // Another user's link on the way to it.
        try #require(unsafe unlink(path) == 0 && symlink(disk("link"), path) == 0 && symlink(target, disk("link")) == 0)
        unsafe lchown(disk("link"), 40_001, 40_001)
        try Self.expectMended(installation, [])
    }

    @Test(
        "are looked at on the way to the installation as it was named, and for commands without a daemon too",
        .enabled(if: getuid() == 0, "only root can give a file away"))
    func namedByLink() throws {
        let installation = try Self.installation()
        let place = try ScratchFolder()
        let link = place("link")
        unsafe symlink(installation.state.path, link)
        let programs = ["suishend --check-config", "suishend", "suishen key list"]
        func expectRefused() throws {
            for words in programs {
                let outcome = try HTTPDaemon.run(["sh", "-c", "\(HTTPDaemon.binaries)/\(words) --state \(link)"])
                #expect(outcome.status == 1 && outcome.output.contains("[state_permissions]"), "\(words) \(outcome)")
            }
        }
        unsafe lchown(link, 40_001, 40_001)
        try expectRefused()
        unsafe lchown(link, 0, 0)
        unsafe chmod(place.path, 0o777)
        try expectRefused()
        unsafe chmod(place.path, 0o700)
        for words in [programs[0], programs[2]] {
            let outcome = try HTTPDaemon.run(["sh", "-c", "\(HTTPDaemon.binaries)/\(words) --state \(link)"])
            #expect(outcome.status == 0, "\(outcome.output)")
        }
        unsafe chmod(installation.state.registry, 0o666)
        try expectRefused()
    }

    @Test(
        "are right after init, whatever the umask, and stay so", arguments: ["000", "002", "022", "077", "277", "777"])
    func masks(mask: String) throws {
        let folder = try ScratchFolder()
        let state = folder("state")
        func run(_ words: String) throws -> HTTPDaemon.Outcome {
            try HTTPDaemon.run(["sh", "-c", "umask \(mask); \(HTTPDaemon.binaries)/\(words) --state \(state)"])
        }
        let made = try run("suishen init")
        #expect(made.status == 0, "\(made.output)")
        let object = "suishen object register --kind object --manager 91350100M000100Y43 --category bridge"
        for words in ["suishend --check-config", object, "suishend --check-config"] {
            let outcome = try run(words)
            #expect(outcome.status == 0, "\(words): \(outcome.output)")
        }
    }
}
