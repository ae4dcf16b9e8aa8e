import Encoding
import Glibc
import TestSupport
import Testing

/// Uses an installation and a gate's folder from version 1.0.0 without changes.
@Suite("The state of version 1.0.0")
struct EarlierStateTests {
    private let folder: ScratchFolder
    /// Seconds since 1970-01-01T00:00:00Z at which the earlier version last used it.
    private let time: UInt64

    init() throws {
        folder = try ScratchFolder()
        let archive = "\(ProjectFiles.fixtures)/states/1.0.0-TEST-ONLY-keys.tar.gz"
        try #require(unsafe system("tar -xzf \(archive) --strip-components=1 --no-same-owner -C \(folder.path)") == 0)
        time = try #require(UInt64(Self.line(folder("time"))))
    }

    private static func line(_ path: String) throws -> String {
        let text = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }

    private func issued(_ name: String) throws -> JSONValue {
        try JSONValue.parse(try ProjectFiles.bytes(folder("\(name).json")), byteCountMax: 1 << 16)
    }

    private func suishen(_ words: [String]) throws -> JSONValue {
        let outcome = try Program("suishen").run(words + ["--state", folder("state"), "--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.diagnostics)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    /// Whether a text can be read in the registry's files.
    private func registryHas(_ text: String) throws -> Bool {
        try ["registry.sqlite", "registry.sqlite-wal"].map { folder("state/" + $0) }.contains { path in
            try ProjectFiles.exists(path) && ProjectFiles.bytes(path).contains(Array(text.utf8))
        }
    }

    /// The code of the verdict that a gate of the earlier folder gives.
    private func code(_ text: String, scene: String, bundle: String = "bundle", at now: UInt64) throws -> String? {
        let outcome = try Program("verify").run([
            "--bundle", folder(bundle), "--scene", scene, "--at", "\(now)", "--text", text,
        ])
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)["code"]?.string
    }

    @Test("lets a gate decide by its bundle, its status lists and its accepted showings")
    func gate() throws {
        #expect(try code(Self.line(folder("shown")), scene: "metro-gate", at: time + 1) == "replayed")
        let codes = ["paper": "ok", "revoked": "revoked", "enterprise": "wrong_form"]
        for (name, expected) in codes {
            let text = try #require(issued(name)["text"]?.string)
            #expect(try code(text, scene: "park", at: time) == expected, "\(name)")
        }
        let object = try #require(issued("object")["text"]?.string)
        #expect(try code(object, scene: "object-inspection", at: time) == "ok")
    }

    @Test("is served by this version's daemon: codes, revocations, idempotent answers, the log and a gate's spool")
    func installation() throws {
        #expect(try registryHas(try #require(issued("object")["text"]?.string)))
        // The kept answer ends two days after it was given.
        let now = time + 60
        let clock = try SetClock(at: now)
        let daemon = try RunningProgram("suishend", ["--state", folder("state")], prefix: clock.words)
        let socket = folder("state/run/suishend.sock")
        try RunningProgram.waitForSocket(socket)
        let subjects = try Self.line(folder("subjects")).split(separator: " ").map(String.init)
        // The key was used with this request before.
        let object = try issued("object")
        let again = try suishen(["issue", subjects[1], "--idempotency-key", "once"])
        #expect(again["text"] == object["text"])
        let history = try Program("suishen").run([
            "object", "history", subjects[1], "--state", folder("state"), "--json",
        ])
        #expect(history.status == 0 && history.output.split(separator: "\n").count == 4, "\(history)")
        let flushed = try Program("verify").run(["flush", "--bundle", folder("bundle"), "--socket", socket])
        #expect(flushed.status == 0 && flushed.output.contains(#""sent":1"#), "\(flushed)")
        _ = try suishen(["revoke", subjects[1]])
        _ = try suishen(["bundle", "export", "--out", folder("next"), "--domain", "medical", "--domain", "transit"])
        daemon.end(SIGTERM)
        // The answer that the earlier version kept in the clear is gone.
        #expect(try !registryHas(try #require(object["text"]?.string)))
        for (name, expected) in ["object": "revoked", "place": "ok"] {
            let text = try #require(issued(name)["text"]?.string)
            #expect(try code(text, scene: "object-inspection", bundle: "next", at: now) == expected, "\(name)")
        }
        let audit = try Program("chain-verify").run([
            "audit", folder("state/log"), "--key", Self.line(folder("vkey")), "--anchor", folder("checkpoint"),
        ])
        #expect(audit.status == 0, "\(audit.output)")
    }
}
