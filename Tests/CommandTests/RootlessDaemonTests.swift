import Encoding
import Glibc
import TestSupport
import Testing

@Suite("An installation whose root's private key was taken away")
struct RootlessDaemonTests {
    private static let day: UInt64 = 86_400

    private let run: SuishenRun

    init() throws {
        run = try SuishenRun()
        try #require(unsafe unlink(run.folder("state/keys/root.pem")) == 0)
    }

    @Test("issues, revokes, publishes lists and exports bundles through its daemon")
    func serves() throws {
        let object = try run.object()
        let daemon = try RunningProgram("suishend", ["--state", run.folder("state")])
        try RunningProgram.waitForSocket(run.folder("state/run/suishend.sock"))
        let code = try #require(try run.answer(["issue", object])["text"]?.string)
        func verdict() throws -> String? {
            try run.answer(["bundle", "export", "--out", run.folder("bundle"), "--domain", "medical"])
            return try VerifyRun(
                "--bundle \(run.folder("bundle")) --state \(run.folder("gate")) --scene object-inspection"
                    + " --text \(code)"
            ).code
        }
        #expect(try verdict() == "ok")
        try run.answer(["revoke", object])
        #expect(try verdict() == "revoked")
        daemon.end(SIGTERM)
        daemon.wait()
        let checked = try Program("suishend").run(["--state", run.folder("state"), "--check-config"])
        #expect(checked.status == 0, "\(checked)")
        #expect(try verdict() == "revoked")
    }

    @Test("exports nothing without a bundle key that its root document lists")
    func withoutBundleKey() throws {
        try run.answer(["root", "bundle-key", "--out", run.folder("unlisted.pub.pem")])
        let key = run.folder("state/keys/bundle.pem")
        try #require(unsafe rename(key, run.folder("aside")) == 0)
        #expect(
            try run.isRefused(["bundle", "export", "--out", run.folder("bundle")], code: "key_missing", status: 75))
        #expect(!ProjectFiles.exists(run.folder("bundle")))
        let checked = try Program("suishend").run(["--state", run.folder("state"), "--check-config"])
        #expect(checked.status == 1 && checked.diagnostics.contains("[key_missing]"))
        unsafe rename(run.folder("aside"), key)
        try run.answer(["bundle", "export", "--out", run.folder("bundle")])
    }

    @Test("exports nothing once its root document or its bundle key has ended, or before the document begins")
    func terms() throws {
        let made: UInt64 = 1_790_000_000
        let run = try SuishenRun(at: made)
        func isRefused(at time: UInt64) throws -> Bool {
            try run.isRefused(
                ["bundle", "export", "--out", run.folder("bundle"), "--at", "\(time)"], code: "key_missing",
                status: 75)
        }
        #expect(try isRefused(at: made - 1))
        #expect(try isRefused(at: made + 396 * Self.day))
        try run.answer(["bundle", "export", "--out", run.folder("bundle"), "--at", "\(made + 396 * Self.day - 1)"])
    }

    @Test("does not start with damaged root documents, or with another root's")
    func damaged() throws {
        let good = try ProjectFiles.bytes(run.folder("state/roots.cbor"))
        let stranger = try SuishenRun()
        let other = try ProjectFiles.bytes(stranger.folder("state/roots.cbor"))
        let cases = [
            (Array(good.dropLast()), "roots_invalid"), (other, "root_threshold_missing"), ([], "roots_invalid"),
        ]
        for (bytes, code) in cases {
            try run.folder.write(bytes, to: "state/roots.cbor")
            #expect(
                try run.isRefused(
                    ["bundle", "export", "--out", run.folder("bundle")], code: code, status: 70)
            )
            let start = try Program("suishend").run(["--state", run.folder("state")])
            #expect(start.status != 0 && start.diagnostics.contains("[\(code)]"))
        }
    }

    @Test(
        "says 90, 30 and 7 days before a document or a bundle key ends, and stays healthy",
        arguments: [(91, nil), (89, 90), (29, 30), (6, 7)] as [(UInt64, Int?)])
    func warns(daysLeft: UInt64, said: Int?) throws {
        let now = UInt64(Glibc.time(nil))
        let run = try SuishenRun(at: now + daysLeft * Self.day - 396 * Self.day)
        let checked = try Program("suishend").run(["--state", run.folder("state"), "--check-config", "--json"])
        let warnings = try JSONValue.parse(Array(checked.output.utf8), byteCountMax: 1 << 16)["warnings"]?.array
        #expect(checked.status == 0 && warnings?.count == (said == nil ? 0 : 1))
        if let said {
            #expect(warnings?.first?["code"] == "bundle_key_ends")
            #expect(warnings?.first?["reason"]?.string?.contains("within \(said) days") == true)
        }
        let daemon = try RunningProgram("suishend", ["--state", run.folder("state")])
        try RunningProgram.waitForSocket(run.folder("state/run/suishend.sock"))
        let health = try Program(path: "/usr/bin/env").run([
            "curl", "-s", "--unix-socket", run.folder("state/run/suishend.sock"), "http://suishend/v1/health",
        ])
        let answer = try JSONValue.parse(Array(health.output.utf8), byteCountMax: 1 << 16)
        #expect(answer["status"] == "ok" && answer["warnings"]?.array == warnings)
        daemon.end(SIGTERM)
    }
}
