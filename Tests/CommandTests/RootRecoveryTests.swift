import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A recovery of an installation whose root documents are older than the published ones")
struct RootRecoveryTests {
    private let run: SuishenRun
    private let chain: String
    private let published: String

    init() throws {
        run = try SuishenRun()
        (chain, published) = (run.folder("state/roots.cbor"), run.folder("published"))
        _ = try run.object()
        let earlier = try ProjectFiles.bytes(chain)
        try run.folder.write(earlier, to: "earlier")
        try publish()
        unsafe system("cp -a \(published) \(run.folder("first"))")
        try next()
        try publish()
    }

    private func publish() throws {
        try run.answer(["bundle", "export", "--out", published])
        let checkpoint = try Program("suishen").run(["log", "checkpoint", "--state", run.folder("state")])
        try #require(checkpoint.status == 0, "\(checkpoint.diagnostics)")
        try run.folder.write(Array(checkpoint.output.utf8), to: "published/checkpoint")
    }

    /// Replaces the bundle key by the next root document.
    private func next() throws {
        let words = ["--from", run.folder("state"), "--out", run.folder("doc"), "--drop-bundle-key"]
        let shown = try Program("suishen").run(["root", "show", chain, "--json"])
        let old = try JSONValue.parse(Array(shown.output.utf8), byteCountMax: 1 << 16)["bundleKeys"]?.array?.first
        try run.answer(["root", "bundle-key", "--out", run.folder("key.pem")])
        for command in [
            ["new", "--add-bundle-key", run.folder("key.pem")] + words + [try #require(old?["digest"]?.string)],
            ["sign", run.folder("doc"), "--key", run.folder("state/keys/root.pem"), "--out", run.folder("signed")],
            ["join", run.folder("signed"), "--state", run.folder("state")],
        ] {
            let outcome = try Program("suishen").run(["root"] + command)
            try #require(outcome.status == 0, "\(outcome.diagnostics)")
        }
    }

    private var recover: [String] { ["recover", "--published", published] }

    @Test("takes them over, so that gates take the next bundle")
    func adopts() throws {
        let newest = try ProjectFiles.bytes(chain)
        try run.folder.write(ProjectFiles.bytes(run.folder("earlier")), to: "state/roots.cbor")
        try run.answer(recover)
        #expect(try ProjectFiles.bytes(chain) == newest)
        try run.answer(["bundle", "export", "--out", published])
    }

    @Test("takes no older ones and no other ones")
    func refuses() throws {
        try run.folder.write(ProjectFiles.bytes(run.folder("earlier")), to: "published/roots.cbor")
        #expect(try run.isRefused(recover, code: "published_bundle_old"))
        let newest = try ProjectFiles.bytes(chain)
        // The same root signs another document 2.
        try run.folder.write(ProjectFiles.bytes(run.folder("earlier")), to: "state/roots.cbor")
        try next()
        try run.folder.write(newest, to: "published/roots.cbor")
        let other = try ProjectFiles.bytes(chain)
        #expect(try run.isRefused(recover, code: "published_bundle_foreign"))
        try run.folder.write(Array(newest.dropLast()), to: "published/roots.cbor")
        #expect(try run.isRefused(recover, code: "published_unreadable"))
        #expect(try ProjectFiles.bytes(chain) == other)
    }
}
