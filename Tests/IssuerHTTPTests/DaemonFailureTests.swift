import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A daemon whose disk or files fail", .serialized)
struct DaemonFailureTests {
    private static let object: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "park"]

    /// Starts a daemon that is to refuse, and gives what it says.
    private static func refusal(_ installation: Installation, _ words: [String] = []) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishend", "--state", installation.state.path] + words)
    }

    @Test("does not start without a key, a settings file or a registry that is whole, and says which, once")
    func missing() throws {
        let cases: [(file: String, code: String, status: Int32, bytes: [UInt8]?)] = [
            ("keys/issuer.pem", "key_unreadable", 70, nil), ("keys/digest.key", "key_unreadable", 70, nil),
            ("keys/medical.key", "key_unreadable", 70, [1, 2, 3]), ("registry.sqlite", "registry_missing", 70, nil),
            ("registry.sqlite", "registry_corrupt", 70, [UInt8](repeating: 0x5A, count: 20_000)),
            ("suishend.yaml", "settings_invalid", 1, Array("suite: rsa\n".utf8)),
            ("suishend.yaml", "suite_mismatch", 1, Array("suite: sm2\n".utf8)),
        ]
        for (file, code, status, bytes) in cases {
            let installation = try Installation()
            let path = installation.state.path + "/" + file
            unsafe unlink(path)
            if let bytes { try installation.folder.write(bytes, to: "state/" + file, mode: 0o600) }
            let outcome = try Self.refusal(installation)
            #expect(outcome.status == status)
            #expect(outcome.output.contains("[\(code)]"), "\(file): \(outcome.output)")
            #expect(outcome.output.split(separator: "\n").filter { $0.contains("error:") }.count == 1)
            #expect(!ProjectFiles.exists(installation.state.socket))
        }
    }

    @Test("tells every mistake at once when its configuration is checked")
    func checkConfig() throws {
        let installation = try Installation()
        #expect(try Self.refusal(installation, ["--check-config"]).status == 0)
        try installation.folder.write(Array("suite: rsa\nnonsense: 1\n".utf8), to: "state/suishend.yaml", mode: 0o600)
        unsafe unlink(installation.state.path + "/keys/checkpoint.pem")
        unsafe chmod(installation.state.path + "/keys/status.pem", 0o644)
        try installation.folder.write(Array("no registry".utf8), to: "state/registry.sqlite", mode: 0o600)
        unsafe chmod(installation.state.path + "/run", 0o777)
        let outcome = try Self.refusal(installation, ["--check-config"])
        #expect(outcome.status == 1)
        for code in [
            "settings_invalid", "key_unreadable", "key_permissions", "registry_corrupt", "socket_folder_open",
        ] {
            #expect(outcome.output.contains("[\(code)]"), "\(code): \(outcome.output)")
        }
        #expect(outcome.output.contains("line 1:") && outcome.output.contains("line 2:"))
        let listed = try Self.refusal(installation, ["--check-config", "--json"]).output.split(separator: "\n")
        let line = try #require(listed.first { $0.hasPrefix("{") })
        let mistakes = try JSONValue.parse(line.utf8, byteCountMax: 1 << 16)["mistakes"]?.array
        #expect(mistakes?.count == listed.count { $0.contains("error:") })
        #expect(mistakes?.first?["code"] == "state_permissions")
    }

    @Test("names, when its configuration is checked, whatever it would not start or not work with, and changes nothing")
    func checkEverything() throws {
        let cases: [(code: String, damage: (Installation) throws -> Void)] = [
            (
                "key_missing",
                {
                    let kid = try Self.rotated($0)
                    #expect(unsafe unlink($0.state.key("issuer-\(kid).pem")) == 0)
                }
            ),
            ("socket_path_taken", { try $0.folder.write([], to: "state/run/suishend.sock") }),
            ("log_unreadable", { try $0.folder.write(Array("nonsense".utf8), to: "state/log/checkpoint") }),
            ("bundle_unreadable", { try $0.folder.write(Array("{".utf8), to: "state/transit-network.json") }),
            ("registry_corrupt", { try $0.restore(["registry.sqlite": []]) }),
        ]
        for (code, damage) in cases {
            let installation = try Installation()
            _ = try Self.rotated(installation)
            try damage(installation)
            let before = try installation.registryFiles()["registry.sqlite"]
            let outcome = try Self.refusal(installation, ["--check-config"])
            #expect(outcome.status == 1 && outcome.output.contains("[\(code)]"), "\(code): \(outcome.output)")
            #expect(outcome.output.split(separator: "\n").count { $0.contains("error:") } == 1, "\(outcome.output)")
            #expect(try installation.registryFiles()["registry.sqlite"] == before)
        }
        let whole = try Installation()
        _ = try Self.rotated(whole)
        #expect(try Self.refusal(whole, ["--check-config"]).status == 0)
    }

    /// Rotates the issuer's key, publishes that, and gives the new key's identifier.
    private static func rotated(_ installation: Installation) throws -> String {
        let answer = try HTTPDaemon.run(
            ["\(HTTPDaemon.binaries)/suishen", "key", "rotate", "--state", installation.state.path, "--json"])
        return try #require(try JSONValue.parse(answer.output.utf8, byteCountMax: 1 << 16)["kid"]?.string)
    }

    @Test(
        "says that its disk is full, in its health too, keeps what it acknowledged, and goes on when there is room",
        .enabled(if: Disk.canMount, "only root that may mount can fill a disk of its own"))
    func fullDisk() throws {
        let disk = try Disk(megabytes: 2)
        let daemon = try HTTPDaemon(disk.installation)
        let client = try IssuerClient(path: daemon.socket)
        let traced = try #require(try client.ask(.registerObject, Self.object)["subject"])
        let event: JSONValue = ["object": traced, "step": "inspecting"]
        #expect(try client.ask(.appendEvent, event)["sequence"] == 0)
        // No write has failed yet on a disk without any room.
        try disk.fillWholly()
        let full = try daemon.curl(["http://d/v1/health"]).output
        #expect(full.contains("\"disk_full\"") && full.hasSuffix("\n503"), "\(full)")
        try disk.makeRoom()
        try disk.fill()
        var subjects: [String] = []
        let refusal = #expect(throws: OperationError.self) {
            while true {
                subjects.append(try #require(try client.ask(.registerObject, Self.object)["subject"]?.string))
            }
        }
        #expect(refusal?.code == "disk_full")
        let last = #expect(throws: OperationError.self) { while true { _ = try client.ask(.appendEvent, event) } }
        #expect(last?.code == "disk_full")
        let ill = try daemon.curl(["http://d/v1/health"]).output
        #expect(ill.contains("\"disk_full\"") && ill.hasSuffix("\n503"), "\(ill)")
        try disk.makeRoom()
        // Nobody writes before a balancer finds the daemon healthy again.
        while try daemon.curl(["http://d/v1/health"]).output.hasSuffix("\n503") { usleep(10_000) }
        #expect(try client.ask(.health, [:])["status"] == "ok")
        subjects.append(try #require(try client.ask(.registerObject, Self.object)["subject"]?.string))
        #expect(daemon.end(SIGKILL) == SIGKILL)
        try daemon.start()
        let again = try IssuerClient(path: daemon.socket)
        let lost = subjects.filter { (try? again.ask(.issue, ["subject": .string($0)])) == nil }
        #expect(lost.isEmpty && !subjects.isEmpty)
    }

    /// Whether a daemon ended with one error of the registry; other files may feel the disk before it.
    private static func isOneUnknownCommit(_ errors: [Substring]) -> Bool {
        let others = ["[beat_unwritable]", "[log_unwritable]", "[epoch_keys_unwritable]"]
        let own = errors.filter { error in !others.contains(where: error.contains) }
        return own.count == 1 && errors.last?.contains("[commit_unknown]") == true
    }

    @Test(
        "ends with one clear error when its disk turns read-only, and has all it acknowledged when the disk is back",
        .enabled(if: DyingDisk.canFail, "only root with loop devices can make a disk fail"))
    func dyingDisk() throws {
        let disk = try DyingDisk()
        let daemon = try HTTPDaemon(disk.installation)
        let client = try IssuerClient(path: daemon.socket)
        var subjects = try (0..<20).map { _ in try client.ask(.registerObject, Self.object)["subject"]?.string }
        try disk.fail()
        let refusal = #expect(throws: OperationError.self) {
            while true { subjects.append(try client.ask(.registerObject, Self.object)["subject"]?.string) }
        }
        #expect(refusal?.code == "daemon_unreachable")
        #expect(daemon.ended() == 70 << 8)
        let said = try daemon.diagnostics.split(separator: "\n").filter { $0.contains("error:") }
        #expect(Self.isOneUnknownCommit(said), "\(said)")
        // The disk is still read-only.
        let again = try Self.refusal(disk.installation)
        #expect(again.status == 1 && again.output.split(separator: "\n").count { $0.contains("error:") } == 1)
        try disk.mend()
        try daemon.start()
        let later = try IssuerClient(path: daemon.socket)
        for subject in subjects {
            #expect(try later.ask(.issue, ["subject": .string(try #require(subject))])["text"] != nil)
        }
    }

    @Test(
        "refuses to write on a disk that is read-only, and does not start there",
        .enabled(if: Disk.canMount, "only root that may mount can make a disk read-only"))
    func readOnlyDisk() throws {
        let disk = try Disk(megabytes: 8)
        let daemon = try HTTPDaemon(disk.installation)
        #expect(daemon.end(SIGTERM) == 0)
        try disk.makeReadOnly()
        let outcome = try Self.refusal(disk.installation)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("[state_unwritable]"))
    }

    @Test("ends with one clear error when a commit may or may not be on disk, and answers nothing for it")
    func failedSync() throws {
        let installation = try Installation()
        let library = try FailingSync(in: installation.folder)
        let daemon = try HTTPDaemon(
            installation, prefix: ["env", "LD_PRELOAD=\(library.path)", "FAIL_WHEN=\(library.trigger)"])
        let client = try IssuerClient(path: daemon.socket)
        let kept = try #require(try client.ask(.registerObject, Self.object)["subject"]?.string)
        try library.fail()
        let refusal = #expect(throws: OperationError.self) { try client.ask(.registerObject, Self.object) }
        #expect(refusal?.code == "daemon_unreachable")
        #expect(daemon.ended() == 70 << 8)
        let said = try daemon.diagnostics.split(separator: "\n").filter { $0.contains("error:") }
        #expect(Self.isOneUnknownCommit(said), "\(said)")
        library.mend()
        try daemon.start()
        #expect(try IssuerClient(path: daemon.socket).ask(.issue, ["subject": .string(kept)])["text"] != nil)
    }

    @Test("takes the socket that a service manager hands over, and leaves it there")
    func inheritedSocket() throws {
        let installation = try Installation()
        let path = installation.folder("handed-over")
        let script = """
            import os, socket, sys
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(sys.argv[1])
            listening.listen(16)
            os.dup2(listening.fileno(), 3)
            os.set_inheritable(3, True)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
            os.execv(sys.argv[2], sys.argv[2:])
            """
        let daemon = try HTTPDaemon(
            installation, socket: path, prefix: ["python3", "-c", script, path], takesSocketOption: false)
        #expect(try IssuerClient(path: path).ask(.health, [:])["status"] == "ok")
        #expect(daemon.end(SIGTERM) == 0)
        #expect(ProjectFiles.exists(path))
        #expect(!ProjectFiles.exists(installation.state.socket))
    }

    @Test("answers what is under way before it ends on SIGTERM")
    func drains() throws {
        let installation = try Installation.patient()
        let lines = String(repeating: Self.object.encoded() + "\n", count: 20_000)
        let file = try installation.folder.write(Array(lines.utf8), to: "lines")
        let daemon = try HTTPDaemon(installation)
        let answers = installation.folder("answers")
        let words = [
            "curl", "-sS", "--unix-socket", daemon.socket, "-H", "Content-Type:application/x-ndjson", "--data-binary",
            "@\(file)", "-o", answers, "http://d/v1/objects",
        ]
        // The signal comes once the first answers are out, and long before the last.
        let stop =
            "while [ ! -s \(answers) ] && kill -0 $!; do sleep 0.01; done; kill -TERM \(daemon.process); wait $!"
        let sent = try HTTPDaemon.run(["sh", "-c", "\(words.joined(separator: " ")) & \(stop)"])
        #expect(sent.status == 0, "curl: \(sent.output)")
        #expect(daemon.ended() == 0)
        let answered = String(decoding: try ProjectFiles.bytes(answers), as: UTF8.self).split(separator: "\n")
        #expect(answered.count == 20_000 && answered.allSatisfy { $0.contains("subject") })
    }
}
