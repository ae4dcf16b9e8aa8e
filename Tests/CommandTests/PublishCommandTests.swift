import Encoding
import Glibc
import TestSupport
import Testing

@Suite("The command that publishes the gates' files")
struct PublishCommandTests {
    private static let start: UInt64 = 1_790_000_000
    private let run: SuishenRun
    private let tree: String

    init() throws {
        run = try SuishenRun(at: Self.start)
        tree = run.folder("tree")
    }

    private func publish(_ out: String? = nil, at time: UInt64 = start) -> [String] {
        ["publish", "--out", out ?? tree, "--at", "\(time)"]
    }

    private func text(of subject: String) throws -> String {
        try #require(try run.answer(["issue", subject, "--at", "\(Self.start)"])["text"]?.string)
    }

    private func written(_ answer: JSONValue) -> [String] { answer["written"]?.array?.compactMap(\.string) ?? [] }

    @Test("brings a revocation to a running gate within one look, and replaces the hot list alone")
    func revocation() throws {
        let (object, other) = (try run.object(), try run.object())
        let (revoked, good) = (try text(of: object), try text(of: other))
        let first = try run.answer(publish())
        let digest = try #require(first["rootDigest"]?.string)
        let clock = try SetClock(at: Self.start + 60)
        let stream = try PipedProgram(
            "verify",
            [
                "--bundle", tree, "--state", run.folder("gate"), "--root", digest, "--scene", "object-inspection",
                "--stream",
            ], clock: clock)
        let ask = { (text: String) in
            try stream.write(Array((text + "\n").utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
        }
        #expect(try ask(revoked)["code"] == "ok" && ask(good)["code"] == "ok")
        try run.answer(["revoke", object, "--at", "\(Self.start + 5)"])
        let second = try run.answer(publish(at: Self.start + 10))
        #expect(written(second) == ["status/hot"] && second["hot"] == .integer(1))
        var answer = JSONValue.null
        for _ in 0..<600 where answer["code"] != "revoked" {
            answer = try ask(revoked)
            usleep(50_000)
        }
        #expect(answer["code"] == "revoked" && answer["warnings"]?.array == [])
        #expect(try ask(good)["code"] == "ok")
        #expect(stream.finish() == 1)
        #expect(try stream.diagnostics() == "")
        // A gate that starts afterwards without the hot list remembers it.
        unsafe unlink("\(tree)/status/hot")
        for (code, expected) in [(revoked, "revoked"), (good, "ok")] {
            let once = try VerifyRun(
                "--bundle \(tree) --state \(run.folder("gate")) --root \(digest) --scene object-inspection"
                    + " --text \(code)", clock: clock)
            #expect(once.code == expected)
        }
    }

    @Test("follows no symbolic link, of the folder or in it")
    func links() throws {
        try run.answer(publish())
        unsafe symlink(tree, run.folder("link"))
        for end in ["", "/", "/."] {
            #expect(try run.isRefused(publish(run.folder("link") + end), code: "output_unwritable", status: 75))
        }
        let victim = try run.folder.write(Array("untouched".utf8), to: "victim")
        for name in ["root.pem", "bundle.cbor", "status/hot", "status/SH-object-lasting.cwt"] {
            let path = "\(tree)/\(name)"
            unsafe rename(path, run.folder("aside"))
            unsafe symlink(victim, path)
            let words = publish(at: Self.start + 3700)
            #expect(try run.isRefused(words, code: "output_unwritable", status: 75), "\(name)")
            #expect(try ProjectFiles.bytes(victim) == Array("untouched".utf8), "\(name)")
            unsafe unlink(path)
            unsafe rename(run.folder("aside"), path)
        }
        unsafe rename("\(tree)/status", run.folder("elsewhere"))
        unsafe symlink(run.folder("elsewhere"), "\(tree)/status")
        #expect(try run.isRefused(publish(), code: "output_unwritable", status: 75))
    }

    @Test("writes into no folder that another user owns or can write, nor beside another program")
    func folders() throws {
        for mode: mode_t in [0o775, 0o757, 0o1777] {
            unsafe mkdir(run.folder("open"), 0o755)
            unsafe chmod(run.folder("open"), mode)
            #expect(try run.isRefused(publish(run.folder("open")), code: "output_unwritable", status: 75))
            #expect(!ProjectFiles.exists(run.folder("open/bundle.cbor")))
        }
        #expect(try run.isRefused(publish(run.folder("no/tree")), code: "output_unwritable", status: 75))
        try run.answer(publish())
        let lock = unsafe open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(lock) }
        try #require(flock(lock, LOCK_EX) == 0)
        #expect(try run.isRefused(publish(at: Self.start + 3700), code: "output_busy", status: 75))
        flock(lock, LOCK_UN)
        guard geteuid() == 0 else { return }
        unsafe mkdir(run.folder("theirs"), 0o755)
        unsafe chown(run.folder("theirs"), 41_234, 41_234)
        #expect(try run.isRefused(publish(run.folder("theirs")), code: "output_unwritable", status: 75))
    }

    @Test("replaces no root of another installation, and takes no tree that is newer than its registry")
    func others() throws {
        let other = try SuishenRun(at: Self.start)
        try other.answer(["publish", "--out", tree, "--at", "\(Self.start)"])
        let before = try ProjectFiles.bytes("\(tree)/bundle.cbor")
        #expect(try run.isRefused(publish(at: Self.start + 5), code: "tree_newer", status: 70))
        try run.answer(["bundle", "export", "--out", run.folder("x"), "--at", "\(Self.start + 5)"])
        #expect(try run.isRefused(publish(at: Self.start + 6), code: "root_differs"))
        #expect(try ProjectFiles.bytes("\(tree)/bundle.cbor") == before)
    }
}
