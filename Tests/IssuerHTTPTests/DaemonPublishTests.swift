import Encoding
import Gate
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Platform
import TestSupport
import Testing

@Suite("A daemon that publishes", .serialized)
struct DaemonPublishTests {
    private let installation: Installation
    private let tree: String

    init() throws {
        installation = try Installation()
        tree = installation.folder("tree")
        var settings = Settings()
        settings.stopTimeoutSeconds = 3600
        settings.publish = tree
        try installation.write(settings)
    }

    /// Waits until the condition holds, as long as a busy machine may take.
    private func waits(for condition: () throws -> Bool) throws -> Bool {
        for _ in 0..<2400 {
            if try condition() { return true }
            usleep(50_000)
        }
        return false
    }

    private func revokedCount() -> Int? {
        let bytes = try? ProjectFiles.bytes("\(tree)/status/hot")
        let token = bytes.flatMap { bytes in try? HotListToken(bytes[...]) { _ in true } }
        return token?.revoked.reduce(0) { $0 + $1.bits.count }
    }

    private func health(_ client: IssuerClient) throws -> String? {
        try client.ask(.health, [:])["publish"]?.string
    }

    private func issued(_ client: IssuerClient) throws -> JSONValue {
        let object = try client.registerBridge()
        _ = try client.ask(.issue, ["subject": .string(object)])
        return .string(object)
    }

    @Test("has a revocation in the hot list soon, and says that the tree is up to date")
    func revocation() throws {
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        #expect(try waits { try health(client) == "ok" && revokedCount() == 0 })
        let bundle = try ProjectFiles.bytes("\(tree)/bundle.cbor")
        for count in 1...3 {
            let object = try issued(client)
            _ = try client.ask(.revoke, ["target": object])
            let start = MonotonicClock.milliseconds()
            #expect(try waits { revokedCount() == count })
            print("published after \(MonotonicClock.milliseconds() - start) ms")
        }
        #expect(try ProjectFiles.bytes("\(tree)/bundle.cbor") == bundle)
        let metrics = try daemon.curl(["http://suishend/metrics"]).output
        let line = try #require(metrics.split(separator: "\n").first { $0.hasPrefix("suishend_published_seconds ") })
        #expect(UInt64(line.dropFirst(27)) ?? 0 > 1_700_000_000)
        // A key that is struck leaves the bundle as soon.
        _ = try client.ask(.rotateKey, ["role": "issuer"])
        #expect(try waits { try ProjectFiles.bytes("\(tree)/bundle.cbor") != bundle })
        #expect(try daemon.diagnostics.split(separator: "\n").allSatisfy { !$0.contains("error") })
        let refused = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "publish", "--state", installation.state.path, "--out",
            installation.folder("other"),
        ])
        #expect(refused.status == 1 && refused.output.contains("[daemon_publishes]"), "\(refused)")
    }

    @Test("publishes what was revoked right before its end")
    func end() throws {
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let object = try issued(client)
        #expect(try waits { revokedCount() == 0 })
        _ = try client.ask(.revoke, ["target": object])
        #expect(daemon.end(SIGTERM) == 0)
        #expect(revokedCount() == 1)
    }

    @Test("says once that the folder cannot be written, serves on, and goes on once it can")
    func unwritable() throws {
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let object = try issued(client)
        #expect(try waits { revokedCount() == 0 })
        unsafe rename("\(tree)/status", installation.folder("aside"))
        unsafe symlink(installation.folder("aside"), "\(tree)/status")
        _ = try client.ask(.revoke, ["target": object])
        #expect(try waits { try health(client) == "output_unwritable" })
        #expect(try client.ask(.health, [:])["status"] == "ok")
        #expect(revokedCount() == 0)
        // Until a second failure: reported once, retried by itself.
        usleep(1_500_000)
        #expect(try daemon.diagnostics.split(separator: "\n").count { $0.contains("[output_unwritable]") } == 1)
        unsafe unlink("\(tree)/status")
        unsafe rename(installation.folder("aside"), "\(tree)/status")
        #expect(try waits { try revokedCount() == 1 && health(client) == "ok" })
    }

    @Test("leaves the tree of a newer registry alone")
    func newer() throws {
        let before: [String: [UInt8]]
        let files = try installation.registryFiles()
        let beat = try installation.beat
        do {
            let daemon = try HTTPDaemon(installation)
            #expect(try waits { revokedCount() == 0 })
            #expect(daemon.end(SIGTERM) == 0)
            before = ["bundle.cbor": try ProjectFiles.bytes("\(tree)/bundle.cbor")]
        }
        // A snapshot of the whole machine takes the beat along: only the tree knows better.
        try installation.restore(files)
        try installation.restoreBeat(beat)
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        #expect(try waits { try health(client) == "tree_newer" })
        #expect(try ProjectFiles.bytes("\(tree)/bundle.cbor") == before["bundle.cbor"])
    }

    @Test("has its folder checked before it starts")
    func check() throws {
        let words = ["\(HTTPDaemon.binaries)/suishend", "--state", installation.state.path, "--check-config"]
        #expect(try HTTPDaemon.run(words).status == 0)
        #expect(!ProjectFiles.exists(tree))
        unsafe symlink("/nowhere", tree)
        let outcome = try HTTPDaemon.run(words)
        #expect(outcome.status == 1 && outcome.output.contains("[output_unwritable]"), "\(outcome)")
        #expect(try HTTPDaemon.run(words + ["--json"]).output.contains("output_unwritable"))
    }
}
