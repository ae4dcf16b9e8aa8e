import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("A daemon that publishes in a bucket", .serialized, .enabled(if: S3Server.isAvailable))
struct BucketDaemonTests {
    private static let secret = S3Bucket.keys.secret

    @Test("begins with empty logs there, and strangers audit what it publishes, also after it was killed")
    func published() throws {
        let made = try BucketInstallation()
        #expect(try Set(made.keys()) == ["city/one/log/checkpoint", "city/one/acts/checkpoint"])
        #expect(try made.isIntact())
        for round in 1...2 {
            let daemon = try HTTPDaemon(made.installation)
            let client = try IssuerClient(path: daemon.socket)
            try made.recordEvents(300, through: client)
            #expect(try made.waits { try made.publishedSize() >= 300 * round })
            // The daemon serves the same file that is in the bucket.
            for path in ["tile/entries/000", "tile/0/000"] {
                let served = try daemon.curl(["http://suishend/log/\(path)"])
                let stored = try HTTPDaemon.run(["curl", "-s", "-w", "\n200", "\(made.address)/\(path)"])
                #expect(served.output == stored.output && served.output.utf8.count > 100)
            }
            if round == 1 { _ = daemon.end(SIGKILL) } else { #expect(daemon.end(SIGTERM) == 0) }
            #expect(try made.isIntact())
        }
        #expect(try made.waits { try made.keys("acts/").count > 1 })
        let folder = try HTTPDaemon.run(["find", made.installation.state.log, "-type", "f"])
        #expect(folder.output.isEmpty)
    }

    @Test("that was killed between tiles and checkpoint finishes at its next start")
    func killedBetween() throws {
        let made = try BucketInstallation()
        let daemon = try HTTPDaemon(made.installation)
        let client = try IssuerClient(path: daemon.socket)
        try made.recordEvents(10, through: client)
        #expect(try made.waits { try made.publishedSize() >= 10 })
        let before = try made.publishedSize()
        try made.bucket.order(#""fault": "hold", "method": "PUT", "ends": "/log/checkpoint", "count": 1000"#)
        try made.recordEvents(290, through: client)
        #expect(try made.waits { try made.keys("log/tile/entries/").contains { $0.hasSuffix("/000") } })
        _ = daemon.end(SIGKILL)
        #expect(try made.publishedSize() == before)
        #expect(try made.isIntact())
        try made.bucket.order(#""clear": true"#)
        try daemon.start()
        #expect(try made.waits { try made.publishedSize() >= 300 })
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try made.isIntact())
    }

    @Test("issues codes and serves its checkpoint while the service is silent, and goes on by itself")
    func silent() throws {
        let made = try BucketInstallation()
        let daemon = try HTTPDaemon(made.installation)
        let client = try IssuerClient(path: daemon.socket)
        try made.recordEvents(10, through: client)
        #expect(try made.waits { try made.publishedSize() >= 10 })
        try made.bucket.order(#""fault": "503", "count": 100000"#)
        let object = try client.registerBridge()
        _ = try client.ask(.issue, ["subject": .string(object)])
        try made.recordEvents(10, through: client)
        let served = try daemon.curl(["http://suishend/log/checkpoint"])
        #expect(served.output.hasSuffix("200") && served.output.hasPrefix("code.suishen.example/log\n"))
        #expect(try made.waits { try daemon.diagnostics.contains("[tiles_silent]") })
        #expect(try client.ask(.health, [:])["log"] == "tiles_silent")
        try made.bucket.order(#""clear": true"#)
        #expect(try made.waits { try made.publishedSize() >= 20 })
        #expect(try made.waits { try client.ask(.health, [:])["log"] == "ok" })
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try made.isIntact())
    }

    @Test("stops its logs, and issues codes, on a service that ignores conditions; --check-config says so too")
    func unsafeService() throws {
        let made = try BucketInstallation()
        let words = ["--state", made.installation.state.path, "--check-config"]
        let sound = try Program("suishend").run(words)
        #expect(sound.status == 0, "\(sound)")
        try made.bucket.order(#""fault": "ignore-conditions", "method": "PUT", "count": 100000"#)
        let refused = try Program("suishend").run(words)
        #expect(refused.status == 1 && refused.diagnostics.contains("[tiles_unsafe]"), "\(refused)")
        #expect(refused.diagnostics.contains("hint: "))
        let daemon = try HTTPDaemon(made.installation)
        let client = try IssuerClient(path: daemon.socket)
        #expect(try made.waits { try client.ask(.health, [:])["log"] == "tiles_unsafe" })
        _ = try client.ask(.issue, ["subject": .string(client.registerBridge())])
        #expect(daemon.end(SIGTERM) != 0)
        #expect(try Set(made.keys()) == ["city/one/log/checkpoint", "city/one/acts/checkpoint"])
    }

    @Test("is not made in a prefix that a log has used, nor with wrong keys, and leaves nothing then")
    func refusedInit() throws {
        let made = try BucketInstallation()
        let folder = try ScratchFolder()
        let keys = try made.keys()
        let again = try BucketInstallation.make(in: folder("state"), made.bucket, credentials: made.credentials)
        #expect(again.status != 0 && again.diagnostics.contains("[state_exists]"), "\(again)")
        #expect(try made.keys() == keys && made.isIntact())
        let other = try S3Bucket()
        let stranger = try folder.write(S3Bucket.credentials(S3Bucket.strangerKeys), to: "other", mode: 0o400)
        let open = try folder.write(S3Bucket.credentials(), to: "open", mode: 0o644)
        let broken = try folder.write(Array("aws_secret_access_key = \(Self.secret)".utf8), to: "broken", mode: 0o400)
        for (file, code) in [
            (stranger, "tiles_refused"), (open, "key_permissions"), (broken, "tiles_credentials"),
            (folder("none"), "key_unreadable"),
        ] {
            let outcome = try BucketInstallation.make(in: folder("state"), other, credentials: file)
            #expect(outcome.status != 0 && outcome.diagnostics.contains("[\(code)]"), "\(outcome)")
            #expect(!(outcome.output + outcome.diagnostics).contains(Self.secret))
        }
        // The second log's checkpoint fails, and the first one is taken back.
        try other.order(#""fault": "403", "method": "PUT", "ends": "/acts/checkpoint""#)
        let outcome = try BucketInstallation.make(in: folder("state"), other, credentials: made.credentials)
        #expect(outcome.status != 0 && outcome.diagnostics.contains("[tiles_refused]"), "\(outcome)")
        #expect(try other.server.keys(of: other).isEmpty)
        #expect(try HTTPDaemon.run(["ls", "-A", folder.path]).output == "broken\nopen\nother\n")
        #expect(try BucketInstallation.make(in: folder("state"), other, credentials: made.credentials).status == 0)
    }

    @Test("shows the bucket's secret in no output, argument, variable, request or file of its own")
    func secrecy() throws {
        let made = try BucketInstallation()
        let daemon = try HTTPDaemon(made.installation)
        let client = try IssuerClient(path: daemon.socket)
        try made.recordEvents(10, through: client)
        #expect(try made.waits { try made.publishedSize() >= 10 })
        try made.bucket.order(#""fault": "403", "ends": "/log/checkpoint", "count": 3"#)
        try made.recordEvents(10, through: client)
        #expect(try made.waits { try daemon.diagnostics.contains("[tiles_refused]") })
        #expect(try made.waits { try made.publishedSize() >= 20 })
        let process = "/proc/\(daemon.process)"
        for file in ["cmdline", "environ"] {
            #expect(
                !String(decoding: try ProjectFiles.bytes("\(process)/\(file)"), as: UTF8.self).contains(Self.secret))
        }
        #expect(try !daemon.diagnostics.contains(Self.secret))
        #expect(try !String(decoding: made.bucket.requests(), as: UTF8.self).contains(Self.secret))
        #expect(try !daemon.curl(["http://suishend/metrics"]).output.contains(Self.secret))
        #expect(daemon.end(SIGTERM) == 0)
        let found = try HTTPDaemon.run(["grep", "-rlF", Self.secret, made.installation.folder.path])
        #expect(found.output == made.credentials + "\n")
    }

    @Test("can be backed up, with the log's files as they are in the bucket")
    func backup() throws {
        let made = try BucketInstallation()
        let daemon = try HTTPDaemon(made.installation)
        try made.recordEvents(10, through: IssuerClient(path: daemon.socket))
        #expect(try made.waits { try made.publishedSize() >= 10 })
        #expect(daemon.end(SIGTERM) == 0)
        let folder = made.installation.folder
        let key = try Program("suishen").run([
            "recovery-key", "new", "--out", folder("key"), "--public-out", folder("key.pub"),
        ])
        try #require(key.status == 0, "\(key)")
        let backup = try Program("suishen").run([
            "backup", "create", folder("backup"), "--state", made.installation.state.path, "--to", folder("key.pub"),
            "--json",
        ])
        #expect(backup.status == 0, "\(backup)")
        let manifest = try JSONValue.parse(Array(backup.output.utf8), byteCountMax: 1 << 20)
        let log = manifest["logs"]?.array?.first { $0["name"] == "log" }
        #expect(log?["size"]?.integer.map(Int.init) == (try made.publishedSize()), "\(backup.output)")
    }
}
