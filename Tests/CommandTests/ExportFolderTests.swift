import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A bundle's export to a folder")
struct ExportFolderTests {
    private let run: SuishenRun
    private let bundle: String

    init() throws {
        run = try SuishenRun()
        bundle = run.folder("bundle")
    }

    private func export(_ out: String, _ options: [String] = []) -> [String] {
        ["bundle", "export", "--out", out] + options
    }

    @Test("leaves no keys of an earlier bundle when it names no domain")
    func withoutDomains() throws {
        try run.answer(export(bundle, ["--domain", "transit"]))
        #expect(ProjectFiles.exists("\(bundle)/epoch-keys.cbor"))
        try run.answer(export(bundle))
        #expect(!ProjectFiles.exists("\(bundle)/epoch-keys.cbor"))
    }

    @Test("says the root's digest, which a gate takes with --root")
    func rootDigest() throws {
        let digest = try #require(try run.answer(export(bundle))["rootDigest"]?.string)
        let code = try #require(try run.answer(["issue", run.object()])["text"]?.string)
        let verdict = try VerifyRun("--bundle \(bundle) --scene object-inspection --root \(digest) --text \(code)")
        #expect(verdict.code == "ok" && verdict.lines.first?["warnings"]?.array == [])
    }

    @Test("replaces no root of another installation")
    func otherRoot() throws {
        let other = try SuishenRun()
        try other.answer(["bundle", "export", "--out", bundle])
        let before = try ProjectFiles.bytes("\(bundle)/bundle.cbor")
        #expect(try run.isRefused(export(bundle), code: "root_differs"))
        #expect(try ProjectFiles.bytes("\(bundle)/bundle.cbor") == before)
    }

    @Test("follows no symbolic link, of the folder or in it")
    func links() throws {
        try run.answer(export(bundle, ["--domain", "medical"]))
        unsafe symlink(bundle, run.folder("link"))
        for end in ["", "/", "/.", "/./."] {
            #expect(try run.isRefused(export(run.folder("link") + end), code: "output_unwritable"), "\(end)")
        }
        let victim = try run.folder.write(Array("untouched".utf8), to: "victim")
        for name in ["root.pem", "bundle.cbor", "epoch-keys.cbor", "status/SH-object-lasting.cwt"] {
            let path = "\(bundle)/\(name)"
            unsafe rename(path, run.folder("aside"))
            unsafe symlink(victim, path)
            #expect(try run.isRefused(export(bundle, ["--domain", "medical"]), code: "output_unwritable"), "\(name)")
            #expect(try ProjectFiles.bytes(victim) == Array("untouched".utf8), "\(name)")
            unsafe unlink(path)
            unsafe rename(run.folder("aside"), path)
        }
        unsafe rename("\(bundle)/status", run.folder("elsewhere"))
        unsafe symlink(run.folder("elsewhere"), "\(bundle)/status")
        #expect(try run.isRefused(export(bundle), code: "output_unwritable"))
    }

    @Test("writes into no folder that another user owns or can write, or can exchange")
    func folders() throws {
        for mode: mode_t in [0o775, 0o757, 0o1777] {
            unsafe mkdir(run.folder("open"), 0o755)
            unsafe chmod(run.folder("open"), mode)
            #expect(try run.isRefused(export(run.folder("open"), ["--domain", "transit"]), code: "output_unwritable"))
            #expect(!ProjectFiles.exists(run.folder("open/epoch-keys.cbor")))
            guard mode != 0o1777 else { continue }
            #expect(try run.isRefused(export(run.folder("open/bundle")), code: "output_unwritable"))
            #expect(!ProjectFiles.exists(run.folder("open/bundle")))
        }
        guard geteuid() == 0 else { return }
        unsafe mkdir(run.folder("theirs"), 0o755)
        unsafe chown(run.folder("theirs"), 41_234, 41_234)
        #expect(try run.isRefused(export(run.folder("theirs")), code: "output_unwritable"))
        #expect(try run.isRefused(export(run.folder("theirs/bundle")), code: "output_unwritable"))
    }
}
