import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A ceremony of roots")
struct RootCeremonyTests {
    private let run: SuishenRun
    private let object: String
    private let program = Program("suishen")
    private var folder: ScratchFolder { run.folder }

    init() throws {
        run = try SuishenRun()
        object = try run.object()
        for name in ["a", "b", "c", "stranger"] {
            try run.answer(["device", "keygen", "--out", run.folder("\(name).pem")])
        }
    }

    /// Runs a command of the ceremony without an installation, as on a machine that has none.
    private func ceremony(_ words: [String]) throws -> JSONValue {
        let outcome = try program.run(["root"] + words + ["--json"])
        try #require(outcome.status == 0, "\(words) → \(outcome.diagnostics)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    private func isRefused(_ words: [String], _ code: String) throws -> Bool {
        let outcome = try program.run(["root"] + words + ["--json"])
        let holds =
            outcome.status != 0 && outcome.output.isEmpty && outcome.diagnostics.contains("[\(code)]")
            && outcome.diagnostics.contains("suishen: hint: ")
        if !holds { print(words, outcome) }
        return holds
    }

    private func sign(_ document: String, by key: String, to copy: String) throws -> JSONValue {
        try ceremony(["sign", folder(document), "--key", folder(key), "--out", folder(copy)])
    }

    private func isSignRefused(_ document: String, by key: String) throws -> Bool {
        let isRefused = try isRefused(
            ["sign", folder(document), "--key", folder(key), "--out", folder("none")], "roots_invalid")
        return isRefused && !ProjectFiles.exists(folder("none"))
    }

    private var rootKey: String { "state/keys/root.pem" }

    private func new(_ words: [String], to document: String = "doc") throws -> JSONValue {
        try ceremony(["new", "--from", folder("state"), "--out", folder(document)] + words)
    }

    private func digest(_ name: String) throws -> String {
        let key = try VerificationKey(pem: ProjectFiles.bytes(folder("\(name).pub.pem")))
        return Hex.encode(DigestAlgorithm.sha256.digest(key.spki))
    }

    private var threeRoots: [String] {
        ["a", "b", "c"].flatMap { ["--add-root", folder("\($0).pub.pem")] } + ["--threshold", "2"]
    }

    private func firstRoot() throws -> String {
        try #require(try ceremony(["show", folder("state/roots.cbor")])["roots"]?.array?.first?["digest"]?.string)
    }

    /// A gate's verdict on the installation's code, after an export; the gate's state lies outside the bundle.
    private func verdict(_ words: String = "") throws -> VerifyRun {
        let code = try #require(try run.answer(["issue", object])["text"]?.string)
        try run.answer(["bundle", "export", "--out", folder("bundle")])
        return try VerifyRun(
            "--bundle \(folder("bundle")) --state \(folder("gate")) --scene object-inspection --text \(code)")
    }

    @Test("hands a gate over from one root to two of three others, and to another bundle key")
    func handover() throws {
        #expect(try verdict().code == "ok")
        let key = try run.answer(["root", "bundle-key", "--out", folder("next.pub.pem")])
        let first = try firstRoot()
        let proposed = try new(
            threeRoots + ["--drop-root", String(first.prefix(8)), "--add-bundle-key", folder("next.pub.pem")])
        #expect(proposed["version"] == 2 && proposed["threshold"] == 2 && proposed["isComplete"] == false)
        #expect(proposed["droppedRoots"]?.array?.first?["digest"] == .string(first))
        #expect(proposed["signaturesOfRootsBefore"]?["silent"]?.array == [.string(first)])
        #expect(proposed["signaturesOfOwnRoots"]?["silent"]?.array?.count == 3)
        _ = try sign("doc", by: rootKey, to: "one")
        let second = try sign("doc", by: "a.pem", to: "two")
        #expect(second["signaturesOfOwnRoots"]?["signed"]?.array == [.string(try digest("a"))])
        let (one, two, three) = (folder("one"), folder("two"), folder("three"))
        let chain = try ProjectFiles.bytes(folder("state/roots.cbor"))
        for copies in [[one], [two], [one, two]] {
            #expect(try isRefused(["join"] + copies + ["--state", folder("state")], "root_threshold_missing"))
        }
        #expect(try ProjectFiles.bytes(folder("state/roots.cbor")) == chain)
        // A copy may also go from hand to hand.
        _ = try sign("two", by: "c.pem", to: "three")
        #expect(try run.answer(["root", "join", one, three])["isComplete"] == true)
        unsafe unlink(folder(rootKey))
        #expect(try verdict().code == "ok")
        let old = try #require(proposed["bundleKeys"]?.array?.first { $0["isNew"] == false }?["digest"]?.string)
        #expect(try new(["--drop-bundle-key", old])["droppedBundleKeys"]?.array?.count == 1)
        _ = try sign("doc", by: "a.pem", to: "one")
        _ = try sign("doc", by: "b.pem", to: "two")
        _ = try run.answer(["root", "join", one, two])
        #expect(try verdict().code == "ok")
        let shown = try program.run(["root", "show", folder("bundle/roots.cbor"), "--json"]).output
        #expect(shown.split(separator: "\n").count == 3)
        let newest = try JSONValue.parse(
            Array(try #require(shown.split(separator: "\n").last).utf8), byteCountMax: 1 << 16)
        #expect(newest["bundleKeys"]?.array?.first?["digest"] == key["digest"])
        #expect(two != three)
    }

    @Test("takes signatures of its roots alone, and joins copies of one document alone")
    func refusals() throws {
        _ = try new(threeRoots)
        #expect(try isSignRefused("doc", by: "stranger.pem"))
        #expect(
            try isRefused(["sign", folder("doc"), "--key", folder("none"), "--out", folder("x")], "key_unreadable"))
        #expect(
            try isRefused(
                ["sign", folder("a.pub.pem"), "--key", folder("a.pem"), "--out", folder("x")], "roots_invalid"))
        _ = try sign("doc", by: rootKey, to: "one")
        _ = try new(threeRoots + ["--days", "30"], to: "other")
        _ = try sign("other", by: "a.pem", to: "two")
        let copies = ["join", folder("one"), folder("two"), "--state", folder("state")]
        #expect(try isRefused(copies, "roots_invalid"))
        // Another installation's copies are whole, and still not this one's.
        let stranger = try SuishenRun()
        let doc = stranger.folder("doc")
        _ = try ceremony(["new", "--from", stranger.folder("state"), "--out", doc, "--days", "9"])
        _ = try ceremony(["sign", doc, "--key", stranger.folder(rootKey), "--out", stranger.folder("signed")])
        #expect(try isRefused(["join", stranger.folder("signed"), "--state", folder("state")], "roots_behind"))
        #expect(try isRefused(["join", folder("one"), "--state", folder("none")], "root_threshold_missing"))
        #expect(try isRefused(["join", stranger.folder("signed"), "--state", folder("none")], "state_missing"))
    }

    @Test("refuses changes that no document may have, and names of no key")
    func changes() throws {
        let first = try firstRoot()
        let bundleKey = try #require(
            try ceremony(["show", folder("state/roots.cbor")])["bundleKeys"]?.array?.first?["digest"]?.string)
        let cases = [
            ["--drop-root", first], ["--drop-root", String(first.prefix(7))], ["--drop-root", "00000000"],
            ["--threshold", "2"], ["--threshold", "0"], ["--drop-bundle-key", bundleKey],
            ["--add-root", folder("a.pub.pem"), "--add-root", folder("a.pub.pem")],
            ["--add-bundle-key", folder("a.pub.pem"), "--add-bundle-key", folder("b.pub.pem")],
            ["--add-bundle-key", folder("a.pub.pem"), "--add-root", folder("a.pub.pem")],
        ]
        for words in cases {
            #expect(
                try isRefused(["new", "--from", folder("state"), "--out", folder("x")] + words, "roots_invalid"))
            #expect(!ProjectFiles.exists(folder("x")))
        }
        #expect(try isRefused(["new", "--from", folder("state"), "--out", folder("x"), "--first"], "roots_exist"))
        #expect(try isRefused(["begin", "--state", folder("state")], "roots_exist"))
        let usage = try program.run(["root", "new", "--from", folder("state"), "--out", folder("x"), "--days", "0"])
        #expect(usage.status == 64)
    }

    @Test("keeps no bundle key that has ended, until it is dropped")
    func endedBundleKey() throws {
        let time: UInt64 = 1_790_000_000
        let run = try SuishenRun(at: time)
        let words = [
            "new", "--from", run.folder("state"), "--out", run.folder("doc"), "--at", "\(time + 400 * 86_400)",
        ]
        #expect(try isRefused(words, "roots_invalid"))
        try run.answer(["root", "bundle-key", "--out", run.folder("next.pem")])
        let old = try ceremony(["show", run.folder("state/roots.cbor")])["bundleKeys"]?.array?.first?["digest"]?.string
        let change = ["--add-bundle-key", run.folder("next.pem"), "--drop-bundle-key", try #require(old)]
        _ = try ceremony(words + change)
        _ = try ceremony(["sign", run.folder("doc"), "--key", run.folder(rootKey), "--out", run.folder("signed")])
        try run.answer(["root", "join", run.folder("signed")])
        try run.answer(["bundle", "export", "--out", run.folder("bundle"), "--at", "\(time + 400 * 86_400)"])
    }

    @Test("counts a root once that has signed two copies with different signatures", arguments: ["es256", "sm2"])
    func signedTwice(_ suite: String) throws {
        let run = try SuishenRun(suite: suite)
        let folder = run.folder
        try run.answer(["device", "keygen", "--out", folder("a.pem"), "--algorithm", suite])
        let words = ["--add-root", folder("a.pub.pem"), "--threshold", "2"]
        _ = try ceremony(["new", "--from", folder("state"), "--out", folder("doc")] + words)
        for copy in ["one", "two"] {
            _ = try ceremony(["sign", folder("doc"), "--key", folder(rootKey), "--out", folder(copy)])
        }
        #expect(try ProjectFiles.bytes(folder("one")) != ProjectFiles.bytes(folder("two")))
        #expect(try isRefused(["join", folder("one"), folder("two"), "--out", folder("x")], "root_threshold_missing"))
        _ = try ceremony(["sign", folder("two"), "--key", folder("a.pem"), "--out", folder("three")])
        let joined = try run.answer(["root", "join", folder("one"), folder("three")])
        #expect(joined["isComplete"] == true && joined["signaturesOfOwnRoots"]?["signed"]?.array?.count == 2)
    }

    @Test("shows a chain under its first root alone")
    func shown() throws {
        let chain = folder("state/roots.cbor")
        #expect(try ceremony(["show", chain])["isComplete"] == true)
        #expect(try isRefused(["show", chain, "--root", folder("a.pub.pem")], "root_threshold_missing"))
        #expect(try isRefused(["show", folder("a.pub.pem")], "roots_invalid"))
        let damaged = try folder.write(Array(try ProjectFiles.bytes(chain).dropLast()), to: "damaged")
        #expect(try isRefused(["show", damaged, "--root", folder("state/root.pem")], "roots_invalid"))
    }

    @Test("brings a bundle's folder no older root documents than it has")
    func olderInstallation() throws {
        #expect(try verdict().code == "ok")
        let before = try ProjectFiles.bytes(folder("state/roots.cbor"))
        _ = try new(["--days", "100"])
        _ = try sign("doc", by: rootKey, to: "one")
        _ = try run.answer(["root", "join", folder("one")])
        #expect(try verdict().code == "ok")
        try folder.write(before, to: "state/roots.cbor")
        #expect(try run.isRefused(["bundle", "export", "--out", folder("bundle")], code: "roots_behind"))
        try run.answer(["bundle", "export", "--out", folder("fresh")])
        let code = try #require(try run.answer(["issue", object])["text"]?.string)
        let refusal = try VerifyRun(
            "--bundle \(folder("fresh")) --state \(folder("gate")) --scene object-inspection --text \(code)")
        #expect(refusal.code == "bundle_rollback")
    }
}
