import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A daemon over a PostgreSQL database", .serialized, .enabled(if: PostgreSQLServer.shared != nil))
struct DatabaseDaemonTests {
    @Test("keeps everything that it acknowledged, also where it is killed, and its log is whole")
    func killed() throws {
        let state = try CopiedState(.database)
        #expect(!ProjectFiles.exists(state.installation.state.registry))
        let daemon = try HTTPDaemon(state.installation)
        var client = try IssuerClient(path: daemon.socket)
        let issuance = try Issuance(client)
        for round in 0..<3 {
            for _ in 0..<40 { try issuance.next(client) }
            _ = daemon.end(round == 2 ? SIGTERM : SIGKILL)
            try daemon.start()
            client = try IssuerClient(path: daemon.socket)
        }
        #expect(issuance.twice.isEmpty)
        let published = try state.publish(to: "published")
        for index in issuance.revoked { #expect(try CopiedState.isRevoked(index, in: published)) }
        #expect(daemon.end(SIGTERM) == 0)
        let check = try state.daemonRefusal(["--check-config"])
        #expect(check.status == 0, "\(check.output)")
    }

    @Test("answers 503 with Retry-After while the server is down, never ends, and goes on by itself")
    func paused() throws {
        let server = try #require(PostgreSQLServer.start())
        let installation = try Installation.patient(storage: server.url())
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        try server.kill()
        let body = "{\"subject\":\"\(object)\"}"
        let refused = try daemon.curl(["-i", "-d", body, "http://d/v1/codes"])
        #expect(refused.output.hasSuffix("503"), "\(refused.output)")
        #expect(refused.output.contains("storage_unavailable"))
        #expect(refused.output.lowercased().contains("retry-after:"))
        let check = try Program("suishend").run(["--state", installation.state.path, "--check-config"])
        #expect(check.status == 1 && check.diagnostics.contains("[state_busy]"), "\(check)")
        try server.restart()
        let code = try client.ask(.issue, ["subject": .string(object)])
        #expect(code["text"] != nil)
        #expect(daemon.end(SIGTERM) == 0)
        try server.stop()
        let stopped = try Program("suishend").run(["--state", installation.state.path, "--check-config"])
        #expect(stopped.status == 1 && stopped.diagnostics.contains("[storage_unavailable]"), "\(stopped)")
        let start = try Program("suishend").run(["--state", installation.state.path])
        #expect(start.status == 75 && start.diagnostics.contains("[storage_unavailable]"), "\(start)")
    }

    @Test("is made by suishen init; nothing is left in the database of one that could not be made")
    func initialised() throws {
        let server = try #require(PostgreSQLServer.shared)
        let schema = try server.makeSchema()
        let folder = try ScratchFolder()
        let url = server.url(schema: schema)
        func make(_ name: String, _ words: [String] = []) throws -> Program.Outcome {
            try Program("suishen").run(["init", "--state", folder(name), "--storage", url] + words)
        }
        // The bucket's keys are missing, or the bucket does not answer: nothing is made.
        let credentials = try folder.write(S3Bucket.credentials(), to: "keys.aws", mode: 0o400)
        let unreachable = try make(
            "a",
            [
                "--tiles", "s3://none", "--tiles-endpoint", "http://127.0.0.1:9", "--tiles-credentials",
                "file:\(credentials)",
            ])
        #expect(unreachable.status != 0, "\(unreachable)")
        #expect(try server.run("SELECT count(*) FROM pg_class WHERE relnamespace = '\(schema)'::regnamespace") == "0\n")
        #expect(try make("b").status == 0)
        let second = try make("c")
        #expect(second.status != 0 && second.diagnostics.contains("[registry_exists]"), "\(second)")
        for name in ["a", "a.beat", "a.epochs", "c", "c.beat", "c.epochs"] {
            #expect(!ProjectFiles.exists(folder(name)))
        }
        let secret = try Program("suishen").run([
            "init", "--state", folder("d"), "--storage", "postgresql://u:geheim@127.0.0.1/x",
        ])
        #expect(secret.status != 0 && !secret.diagnostics.contains("geheim"), "\(secret)")
        let check = try Program("suishend").run(["--state", folder("b"), "--check-config"])
        #expect(check.status == 0, "\(check)")
    }

    @Test("serves what suishen registry migrate moved, which is refused twice and while a daemon runs")
    func migrated() throws {
        let server = try #require(PostgreSQLServer.shared)
        let url = try server.url(schema: server.makeSchema())
        let state = try CopiedState()
        let daemon = try HTTPDaemon(state.installation)
        var client = try IssuerClient(path: daemon.socket)
        let issuance = try Issuance(client)
        for _ in 0..<60 { try issuance.next(client) }
        let busy = try state.suishen(["registry", "migrate", "--to", url])
        #expect(busy.output.contains("[state_busy]"), "\(busy.output)")
        #expect(daemon.end(SIGTERM) == 0)
        let before = try state.answer(["audit"])
        let answer = try state.answer(["registry", "migrate", "--to", url])
        #expect(answer["rows"]?["code"]?.integer ?? 0 > 0, "\(answer.encoded())")
        #expect(try Settings(contentsOf: state.installation.state.settings).storage == url)
        #expect(try state.answer(["audit"]) == before)
        // Nobody asks the file any more.
        unsafe unlink(state.installation.state.registry)
        try daemon.start()
        client = try IssuerClient(path: daemon.socket)
        for _ in 0..<60 { try issuance.next(client) }
        #expect(issuance.twice.isEmpty)
        #expect(daemon.end(SIGTERM) == 0)
        let again = try state.suishen(["registry", "migrate", "--to", server.url(schema: server.makeSchema())])
        #expect(again.status != 0 && again.output.contains("[settings_invalid]"), "\(again.output)")
        let check = try state.daemonRefusal(["--check-config"])
        #expect(check.status == 0, "\(check.output)")
    }

    @Test("is backed up without its registry, which the servers' own backups keep, and restored beside them")
    func backedUp() throws {
        let state = try CopiedState(.database)
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        let object = try client.registerBridge()
        let (key, backup) = (state.installation.folder("recovery.pem"), state.installation.folder("backup"))
        let made = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "recovery-key", "new", "--out", key, "--public-out", key + ".pub",
        ])
        #expect(made.status == 0, "\(made.output)")
        try state.answer(["backup", "create", backup, "--to", key + ".pub"])
        #expect(daemon.end(SIGTERM) == 0)
        // What is published is copied elsewhere all the time; the backup's files of the logs are older.
        let published = state.installation.folder("published")
        let (copies, logs) = (["\(published)/log", "\(published)/acts"], ["\(state.path)/log", "\(state.path)/acts"])
        unsafe mkdir(published, 0o755)
        #expect(try HTTPDaemon.run(["cp", "-a"] + logs + [published]).status == 0)
        #expect(try HTTPDaemon.run(["rm", "-rf", state.path]).status == 0)
        try state.answer(["backup", "restore", backup, "--key", key])
        #expect(try HTTPDaemon.run(["cp", "-a"] + copies + [state.path]).status == 0)
        try daemon.start()
        let later = try IssuerClient(path: daemon.socket)
        #expect(try later.ask(.issue, ["subject": .string(object)])["text"] != nil)
        #expect(daemon.end(SIGTERM) == 0)
    }
}
