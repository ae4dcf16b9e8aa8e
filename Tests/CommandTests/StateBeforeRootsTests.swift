import Encoding
import Glibc
import TestSupport
import Testing

/// Uses an installation and a gate's folders from the version before there were root documents, without changes.
@Suite("The state of the version before root documents")
struct StateBeforeRootsTests {
    private let folder: ScratchFolder
    /// Seconds since 1970-01-01T00:00:00Z, a day after the earlier version last used it.
    private let time: UInt64
    private let clock: SetClock

    init() throws {
        folder = try ScratchFolder()
        let archive = "\(ProjectFiles.fixtures)/states/before-roots-TEST-ONLY-keys.tar.gz"
        try #require(unsafe system("tar -xzf \(archive) --strip-components=1 --no-same-owner -C \(folder.path)") == 0)
        time = try #require(UInt64(Self.line(folder("time")))) + 86_400
        clock = try SetClock(at: time)
    }

    private static func line(_ path: String) throws -> String {
        String(String(decoding: try ProjectFiles.bytes(path), as: UTF8.self).prefix { !$0.isNewline })
    }

    @discardableResult
    private func suishen(_ words: [String]) throws -> JSONValue {
        let outcome = try Program("suishen").run(
            words + ["--state", folder("state"), "--at", "\(time)", "--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.diagnostics)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    private func export() throws { try suishen(["bundle", "export", "--out", folder("bundle")]) }

    private func verdict(bundle: String = "bundle") throws -> String? {
        let issued = try JSONValue.parse(try ProjectFiles.bytes(folder("object.json")), byteCountMax: 1 << 16)
        return try VerifyRun(
            "--bundle \(folder(bundle)) --state \(folder("gate")) --scene object-inspection"
                + " --text '\(try #require(issued["text"]?.string))'", clock: clock
        ).code
    }

    @Test("goes on as it was: the root signs the bundles, and a gate takes them")
    func unchanged() throws {
        #expect(try verdict() == "ok")
        let seen = try ProjectFiles.bytes(folder("gate/seen.cbor"))
        #expect(try verdict() == "ok")
        #expect(try ProjectFiles.bytes(folder("gate/seen.cbor")) == seen, "nothing to upgrade")
        try export()
        #expect(!ProjectFiles.exists(folder("bundle/roots.cbor")))
        #expect(try verdict() == "ok")
        try suishen(["revoke", Self.line(folder("subject"))])
        try export()
        #expect(try verdict() == "revoked")
        unsafe unlink(folder("state/keys/root.pem"))
        let refusal = try Program("suishen").run(["bundle", "export", "--state", folder("state"), "--out", "x"])
        #expect(refusal.status != 0 && refusal.diagnostics.contains("[key_unreadable]"))
    }

    @Test("signs under no other root than the one that its gates are given")
    func exchangedRoot() throws {
        let other = try Program("suishen").run(["device", "keygen", "--out", folder("other.pem")])
        try #require(other.status == 0)
        try folder.write(ProjectFiles.bytes(folder("other.pub.pem")), to: "state/root.pem")
        let refusal = try Program("suishen").run(["bundle", "export", "--state", folder("state"), "--out", folder("x")])
        #expect(refusal.status == 75 && refusal.diagnostics.contains("[key_missing]"))
        let begun = try Program("suishen").run(["root", "begin", "--state", folder("state")])
        #expect(begun.status != 0 && !ProjectFiles.exists(folder("state/roots.cbor")))
    }

    @Test("gets its document 1 by one command, its gate follows, and neither goes back")
    func begins() throws {
        #expect(try verdict() == "ok")
        unsafe system("cp -a \(folder("bundle")) \(folder("former"))")
        let one = try suishen(["root", "begin"])
        #expect(one["version"] == 1 && one["threshold"] == 1 && one["isComplete"] == true)
        #expect(one["roots"]?.array?.first?["digest"]?.string == (try Self.line(folder("root-digest"))))
        try #require(unsafe rename(folder("state/keys/root.pem"), folder("root-taken-away.pem")) == 0)
        try export()
        #expect(ProjectFiles.exists(folder("bundle/roots.cbor")))
        #expect(try verdict() == "ok")
        #expect(try verdict(bundle: "former") == "bundle_rollback")
        try suishen(["revoke", Self.line(folder("subject"))])
        try export()
        #expect(try verdict() == "revoked")
    }

    @Test("gets a document 1 of several roots by a ceremony too")
    func ceremony() throws {
        func plain(_ words: [String]) throws {
            let outcome = try Program("suishen").run(words + ["--json"])
            try #require(outcome.status == 0, "\(words): \(outcome.diagnostics)")
        }
        for name in ["a", "b"] { try plain(["device", "keygen", "--out", folder("\(name).pem")]) }
        let key = folder("bundle.pub.pem")
        try plain(["root", "bundle-key", "--state", folder("state"), "--out", key])
        try plain([
            "root", "new", "--first", "--from", folder("state"), "--out", folder("doc"), "--add-root",
            folder("a.pub.pem"), "--add-root", folder("b.pub.pem"), "--threshold", "2", "--add-bundle-key", key,
            "--at", "\(time)",
        ])
        try plain(["root", "sign", folder("doc"), "--key", folder("state/keys/root.pem"), "--out", folder("1")])
        try plain(["root", "sign", folder("1"), "--key", folder("a.pem"), "--out", folder("2")])
        try plain(["root", "sign", folder("2"), "--key", folder("b.pem"), "--out", folder("3")])
        try plain(["root", "join", folder("3"), "--state", folder("state")])
        unsafe unlink(folder("state/keys/root.pem"))
        try export()
        #expect(try verdict() == "ok")
    }
}
