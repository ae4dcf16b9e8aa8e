import Encoding
import Glibc
import TestSupport
import Testing

@Suite("suishen, with unusable input")
struct SuishenRefusalTests {
    private let run: SuishenRun

    init() throws {
        run = try SuishenRun()
    }

    @Test(
        "refuses with a stable code and a hint",
        arguments: [
            (["init"], "state_exists"),
            (["person", "register", "--resident-id", "110105194912310021"], "resident_id_invalid"),
            (["person", "register"], "request_malformed"),
            (["person", "register", "--resident-id", SuishenRun.residentID, "--medical", "xy"], "medical_invalid"),
            (["enterprise", "register", "--uscc", "91350100M000100Y44", "--name", "x"], "uscc_invalid"),
            (
                ["object", "register", "--kind", "place", "--manager", SuishenRun.uscc, "--category", "x"],
                "category_unknown"
            ),
            (["issue", "nobody"], "subject_unknown"),
            (["issue", "nobody", "--kind", "golden"], "kind_unknown"),
            (["issue", "nobody", "--kind", "signed"], "device_key_invalid"),
            (["revoke", "nobody"], "code_unknown"), (["revoke", "0011223344556677"], "code_unknown"),
        ])
    func refuses(words: [String], code: String) throws {
        #expect(try run.isRefused(words, code: code))
    }

    @Test("makes an installation only in a new or empty folder")
    func initialFolder() throws {
        let (empty, full) = (run.folder("empty"), run.folder("full"))
        for folder in [empty, full] { #expect(unsafe mkdir(folder, 0o755) == 0) }
        try run.folder.write([], to: "full/kept")
        let suishen = Program("suishen")
        #expect(try suishen.run(["init", "--state", empty]).status == 0)
        var status = stat()
        #expect(unsafe stat(empty, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try suishen.run(["init", "--state", full]).diagnostics.contains("[state_exists]"))
        #expect(ProjectFiles.exists(run.folder("full/kept")) && !ProjectFiles.exists(run.folder("full/keys")))
    }

    @Test("warns that a batch without lines sent nothing", arguments: ["", "file"])
    func emptyBatch(name: String) throws {
        let source = name.isEmpty ? "-" : try run.folder.write([], to: name)
        let outcome = try run.run(["object", "register", "--from", source])
        #expect(outcome.status == 0 && outcome.output.isEmpty)
        #expect(outcome.diagnostics.contains("warning: \(name.isEmpty ? "stdin" : source) holds no requests"))
    }

    @Test("makes no folder that others can write to, whatever the umask")
    func folderModes() throws {
        let state = run.folder("open")
        let script = """
            umask 000
            "$0" init --state "$1" >/dev/null 2>&1 &&
            object=$("$0" object register --state "$1" --kind object --category park --manager \(SuishenRun.uscc) --json) &&
            object=${object#*:\\"} &&
            "$0" event append "${object%%\\"*}" --state "$1" --step inspecting >/dev/null &&
            [ -d "$1/log/tile/entries" ] && find "$1" -mindepth 1 -perm /022 >&2
            """
        let outcome = try Program("suishen").run([state], script: script)
        #expect(outcome.status == 0)
        #expect(outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
    }

    @Test("says why a text is no code, and trusts none", arguments: ["SP1:", "SP1:!!!", "SP1:00", "HTTPS://A/O/AAAA"])
    func inspects(text: String) throws {
        let outcome = try run.run(["inspect", text])
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("{\"trusted\":false"))
        #expect(outcome.diagnostics.contains("[malformed]"))
    }

    @Test("leaves no file behind when it fails")
    func noPartialOutput() throws {
        let png = run.folder("none.png")
        #expect(try run.isRefused(["issue", "nobody", "--png", png], code: "subject_unknown"))
        #expect(!ProjectFiles.exists(png))
        let svg = run.folder("none/code.svg")
        #expect(try run.run(["issue", run.place(), "--png", png, "--svg", svg]).status == 1)
        #expect(!ProjectFiles.exists(png))
    }

    @Test("writes no picture over a device, a pipe or a read-only file, and follows a link to its target")
    func pictureTargets() throws {
        let person = try run.person()
        let pipe = run.folder("pipe")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let key = try run.folder.write(Array("secret".utf8), to: "kept.pem", mode: 0o400)
        for path in [pipe, key, run.folder("state"), "/dev/full"] {
            let outcome = try run.run(["issue", person, "--png", path])
            #expect(outcome.status == 1)
            #expect(outcome.diagnostics.contains("[output_unwritable]"))
        }
        #expect(try ProjectFiles.bytes(key) == Array("secret".utf8))
        let target = try run.folder.write([], to: "target.png")
        #expect(unsafe symlink(target, run.folder("link.png")) == 0)
        try run.answer(["issue", person, "--png", run.folder("link.png")])
        #expect(try ProjectFiles.bytes(target).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test("never overwrites a key, and refuses a key that others can read")
    func keys() throws {
        let key = run.folder("k.pem")
        try run.answer(["device", "keygen", "--out", key])
        let first = try ProjectFiles.bytes(key)
        #expect(try run.isRefused(["device", "keygen", "--out", key], code: "key_exists"))
        #expect(try ProjectFiles.bytes(key) == first)
        let person = try run.person()
        let code = try run.answer(["issue", person, "--device-key", run.folder("k.pub.pem")])
        let text = try #require(code["text"]?.string)
        let open = try run.folder.write(first, to: "open.pem", mode: 0o644)
        #expect(try run.isRefused(["present", "--credential", text, "--device-key", open], code: "key_permissions"))
        let noKey = try run.folder.write(Array("nonsense".utf8), to: "none.pem", mode: 0o400)
        #expect(try run.isRefused(["present", "--credential", text, "--device-key", noKey], code: "key_malformed"))
        let usage = try run.run(["present", "--credential", text, "--seed", key, "--challenge", "0011223344556677"])
        #expect(usage.status == 64)
    }

    @Test("refuses a file that is not a picture, and takes no more memory for a too large one")
    func input() throws {
        let picture = try run.folder.write(Array("GIF89a".utf8), to: "a.gif")
        #expect(try run.run(["inspect", picture]).status == 1)
        #expect(try run.run(["inspect", run.folder("missing.png")]).status == 1)
        let outcome = try run.run(
            ["inspect", "-"], input: [UInt8](repeating: 0x41, count: 256 << 20), dataKilobytesMax: 300_000)
        #expect(outcome.status == 1)
        #expect(outcome.diagnostics.contains("suishen: hint: "))
    }

    @Test("lets two processes work on one installation, or tells one that the other is busy")
    func twoAtOnce() async throws {
        let run = run
        let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try run.run([
                        "object", "register", "--kind", "object", "--manager", SuishenRun.uscc, "--category", "bus",
                    ])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains { $0.status == 0 })
        for outcome in outcomes where outcome.status != 0 { #expect(outcome.diagnostics.contains("[state_busy]")) }
        _ = try run.object()
    }
}
