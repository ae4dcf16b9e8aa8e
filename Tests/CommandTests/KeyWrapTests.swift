import Encoding
import Glibc
import TestSupport
import Testing

@Suite("The key files of an installation")
struct KeyWrapTests {
    private let run: SuishenRun

    init() throws {
        run = try SuishenRun()
        try passphrase("correct horse battery staple")
        try set("file:\(run.folder("passphrase"))")
    }

    private func passphrase(_ text: String, in name: String = "passphrase") throws {
        unsafe unlink(run.folder(name))
        try run.folder.write(Array("\(text)\n".utf8), to: name, mode: 0o400)
    }

    /// Sets `keyPassphrase` in the settings.
    private func set(_ value: String) throws {
        let path = run.folder("state/suishend.yaml")
        let lines = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map { $0.hasPrefix("keyPassphrase:") ? "keyPassphrase: \"\(value)\"" : String($0) }
        try run.folder.write(Array(lines.joined(separator: "\n").utf8), to: "state/suishend.yaml", mode: 0o600)
    }

    private func shell(_ words: String) throws -> Program.Outcome {
        try Program(path: "/bin/sh").run(["-c", words])
    }

    /// The names of files with a plain key or secret, and of those with a wrapped one.
    private func forms() throws -> (plain: Set<String>, wrapped: Set<String>) {
        let names = try shell("ls \(run.folder("state/keys"))").output.split(separator: "\n").map(String.init)
        var forms: (plain: Set<String>, wrapped: Set<String>) = ([], [])
        for name in names where !name.hasSuffix(".new") {
            let bytes = try ProjectFiles.bytes(run.folder("state/keys/\(name)"))
            if bytes.starts(with: "-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8) {
                forms.wrapped.insert(name)
            } else {
                #expect(bytes.count == 32 || bytes.starts(with: "-----BEGIN PRIVATE KEY-----".utf8), "\(name)")
                forms.plain.insert(name)
            }
        }
        return forms
    }

    private func check() throws -> Program.Outcome {
        try Program("suishend").run(["--state", run.folder("state"), "--check-config"])
    }

    @Test("are wrapped, used and unwrapped again, under the passphrase that the settings name")
    func wrapped() throws {
        let before = try forms().plain
        #expect(before.count == 10)
        let object = try run.object()
        #expect(try run.run(["key", "wrap", "--all"]).status == 0)
        #expect(try forms() == (plain: [], wrapped: before))
        let again = try run.run(["key", "wrap", "--all"])
        #expect(again.output.split(separator: "\n").allSatisfy { $0.contains("unchanged") }, "\(again)")
        #expect(try check().status == 0)
        _ = try run.answer(["issue", object])
        // What is made from now on is wrapped as well.
        let kid = try #require(try run.answer(["key", "rotate", "issuer"])["kid"]?.string)
        #expect(try forms().wrapped.contains("issuer-\(kid).pem"))
        _ = try run.answer(["issue", object])
        #expect(try run.run(["key", "unwrap", "--all"]).status == 0)
        #expect(try forms().wrapped == [])
        try set("none")
        _ = try run.answer(["issue", object])
    }

    @Test("are not opened under another passphrase, and the daemon does not start")
    func wrongPassphrase() throws {
        #expect(try run.run(["key", "wrap", "--all"]).status == 0)
        try passphrase("another horse battery staple")
        for words in [["--check-config"], []] {
            let outcome = try Program("suishend").run(["--state", run.folder("state")] + words)
            #expect(outcome.status != 0 && outcome.diagnostics.contains("[passphrase_wrong]"), "\(outcome)")
            #expect(!outcome.diagnostics.contains("horse"))
        }
        unsafe unlink(run.folder("passphrase"))
        #expect(try check().diagnostics.contains("[key_unreadable]"))
        try run.folder.write(Array("correct horse battery staple".utf8), to: "passphrase", mode: 0o440)
        #expect(try check().diagnostics.contains("[key_permissions]"))
        try set("none")
        #expect(try check().diagnostics.contains("[key_encrypted]"))
        #expect(try run.isRefused(["key", "wrap", "--all"], code: "settings_invalid"))
    }

    @Test("take a passphrase from a credential of systemd")
    func credential() throws {
        try set("credential:keys")
        #expect(try run.isRefused(["key", "wrap", "--all"], code: "passphrase_unusable"))
        try run.folder.write(Array("a credential of some length".utf8), to: "keys", mode: 0o440)
        let words =
            "export CREDENTIALS_DIRECTORY=\(run.folder.path); B=\(Program("suishen").path);"
            + " $B key wrap --all --state \(run.folder("state")) && ${B}"
            + "d --state \(run.folder("state")) --check-config"
        let outcome = try shell(words)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try check().diagnostics.contains("[passphrase_unusable]"))
    }

    @Test("get another passphrase, also after an interruption in the middle")
    func changed() throws {
        #expect(try run.run(["key", "wrap", "--all"]).status == 0)
        try passphrase("a second passphrase", in: "second")
        try set("file:\(run.folder("second"))")
        #expect(try run.isRefused(["key", "wrap", "issuer.pem"], code: "passphrase_wrong"))
        let former = ["--former", "file:\(run.folder("passphrase"))"]
        let half = try run.run(["key", "wrap", "issuer.pem", "medical.key"] + former)
        #expect(half.status == 0 && half.output.contains("rewrapped"), "\(half)")
        #expect(try check().diagnostics.contains("[passphrase_wrong]"))
        let rest = try run.run(["key", "wrap", "--all"] + former)
        #expect(rest.status == 0 && rest.output.contains("unchanged") && rest.output.contains("rewrapped"), "\(rest)")
        #expect(try check().status == 0)
    }

    @Test("are each there in one form, whenever the command is killed")
    func killed() throws {
        let all = try forms().plain
        var interruptions = 0
        for round in 0..<24 {
            let verb = round % 2 == 0 ? "wrap" : "unwrap"
            let words =
                "timeout -s KILL \(0.05 + Double(round) * 0.07) \(Program("suishen").path) key \(verb) --all"
                + " --state \(run.folder("state"))"
            let outcome = try shell(words)
            let now = try forms()
            #expect(now.plain.union(now.wrapped) == all && now.plain.isDisjoint(with: now.wrapped))
            if outcome.status != 0, !now.plain.isEmpty, !now.wrapped.isEmpty { interruptions += 1 }
        }
        #expect(interruptions > 0)
        #expect(try run.run(["key", "wrap", "--all"]).status == 0)
        #expect(try forms() == (plain: [], wrapped: all))
        #expect(try shell("ls \(run.folder("state/keys"))").output.contains(".new") == false)
        #expect(try check().status == 0)
    }

    @Test("are all wrapped from the start where init is told the passphrase")
    func fromTheStart() throws {
        let outcome = try Program("suishen").run([
            "init", "--state", run.folder("other"), "--key-passphrase", "file:\(run.folder("passphrase"))",
        ])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try shell("grep -L 'ENCRYPTED PRIVATE KEY' \(run.folder("other"))/keys/*").output == "")
        #expect(try Program("suishend").run(["--state", run.folder("other"), "--check-config"]).status == 0)
    }

    @Test("stay while a daemon serves them")
    func served() throws {
        let daemon = try RunningProgram("suishend", ["--state", run.folder("state")])
        try RunningProgram.waitForSocket(run.folder("state/run/suishend.sock"))
        defer { daemon.end(SIGTERM) }
        #expect(try run.isRefused(["key", "wrap", "--all"], code: "state_busy", status: 75))
    }
}
