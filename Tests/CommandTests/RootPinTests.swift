import Encoding
import Gate
import Glibc
import TestSupport
import Testing

@Suite("A gate whose whole folder was exchanged for another issuer's")
struct RootPinTests {
    private let gate: VerifyGate
    private let stranger: VerifyGate
    private let scratch: ScratchFolder

    init() throws {
        gate = try VerifyGate(version: 5)
        stranger = try VerifyGate(version: 6)
        scratch = try ScratchFolder()
    }

    private func run(_ options: String, _ text: String) throws -> VerifyRun {
        try VerifyRun(
            "--bundle \(gate.folder) --scene object-inspection --at \(VerifyGate.now) \(options) --text '\(text)'")
    }

    private func warns(_ run: VerifyRun) -> Bool {
        run.lines.first?["warnings"]?.array?.contains("root_unpinned") == true
    }

    /// Puts the stranger's folder, its state too, in the place of the gate's.
    private func exchange() {
        unsafe system("rm -rf \(gate.folder) && cp -a \(stranger.folder) \(gate.folder)")
    }

    private func remove() {
        gate.remove()
        stranger.remove()
    }

    @Test("stays closed when its state lies elsewhere, and opens again with its own folder")
    func stateElsewhere() throws {
        defer { remove() }
        let state = "--state \(scratch("state"))"
        let good = try gate.object()
        let first = try run(state, good)
        #expect(first.code == "ok" && !warns(first))
        unsafe system("cp -a \(gate.folder) \(scratch("saved"))")
        exchange()
        let refusal = try run(state, stranger.object())
        #expect(refusal.code == "root_differs" && refusal.verdict == "undecided" && refusal.status == 2)
        #expect(refusal.lines.first?["hint"]?.string?.contains("--state") == true)
        unsafe system("rm -rf \(gate.folder) && cp -a \(scratch("saved")) \(gate.folder)")
        #expect(try run(state, good).code == "ok")
    }

    @Test("stays closed when the pin is gone and the rest of the state is there")
    func lostPin() throws {
        defer { remove() }
        let state = "--state \(scratch("state"))"
        #expect(try run(state, gate.object()).code == "ok")
        unsafe unlink(scratch("state/seen.cbor"))
        for _ in 0..<2 { #expect(try run(state, gate.object()).code == "bundle_unreadable") }
        exchange()
        #expect(try run(state, stranger.object()).code == "bundle_unreadable")
        unsafe system("rm -rf \(scratch("state"))/*")
        #expect(try run(state, stranger.object()).code == "ok", "an empty folder is a first start")
    }

    @Test("warns on every verdict when its state lies in the folder, before and after")
    func stateInside() throws {
        defer { remove() }
        #expect(warns(try run("", gate.object())))
        #expect(warns(try run("", gate.object(index: VerifyGate.revokedIndex))))
        #expect(warns(try run("", "HELLO")))
        #expect(warns(try VerifyRun("--bundle \(gate.folder) --scene park --at \(VerifyGate.now) /nonexistent.png")))
        exchange()
        let fooled = try run("", stranger.object())
        #expect(fooled.code == "ok" && warns(fooled))
        unsafe unlink("\(gate.folder)/bundle.cbor")
        #expect(warns(try run("", stranger.object())))
    }

    @Test("warns when its state is reached through the folder, over links too")
    func stateThroughFolder() throws {
        defer { remove() }
        let text = try gate.object()
        unsafe mkdir(scratch("elsewhere"), 0o700)
        unsafe symlink(scratch("elsewhere"), "\(gate.folder)/state")
        #expect(warns(try run("", text)))
        #expect(warns(try run("--state \(gate.folder)/state/deeper", text)))
        unsafe symlink(gate.folder, scratch("link"))
        #expect(warns(try run("--state \(scratch("link"))/inner", text)))
        #expect(!warns(try run("--state \(scratch("own"))", text)))
    }

    @Test("stays closed when --root names the root's digest, at the first start too")
    func namedDigest() throws {
        defer { remove() }
        let option = "--root \(gate.rootDigest)"
        let first = try run(option, gate.object())
        #expect(first.code == "ok" && !warns(first))
        exchange()
        #expect(try run(option, stranger.object()).code == "root_differs")
        unsafe system("rm -rf \(gate.folder)/state")
        #expect(try run(option, stranger.object()).code == "root_differs")
    }

    @Test("stays closed when --root names a file outside the folder, and is warned of a file inside")
    func namedFile() throws {
        defer { remove() }
        try scratch.write(ProjectFiles.bytes("\(gate.folder)/root.pem"), to: "root.pem")
        let outside = "--root \(scratch("root.pem"))"
        let first = try run(outside, gate.object())
        #expect(first.code == "ok" && !warns(first))
        #expect(warns(try run("--root \(gate.folder)/root.pem", gate.object())))
        exchange()
        #expect(try run(outside, stranger.object()).code == "bundle_unreadable")
        // Another root by option than the pinned one is refused as well.
        try scratch.write(ProjectFiles.bytes("\(stranger.folder)/root.pem"), to: "other.pem")
        let state = "--state \(scratch("state"))"
        #expect(try run("\(state) --root \(scratch("other.pem"))", stranger.object()).code == "ok")
        #expect(try run("\(state) \(outside)", stranger.object()).code != "ok")
    }

    @Test("does not take the folder up while it runs, and says so on every verdict", arguments: [true, false])
    func running(isStateInside: Bool) throws {
        defer { remove() }
        let state = isStateInside ? [] : ["--state", scratch("state")]
        let stream = try PipedProgram(
            "verify",
            ["--bundle", gate.folder, "--scene", "object-inspection", "--at", "\(VerifyGate.now)", "--stream"] + state)
        func verdict(_ text: String) throws -> JSONValue {
            try stream.write(Array((text + "\n").utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
        }
        #expect(try verdict(gate.object())["code"]?.string == "ok")
        exchange()
        var isSaid = false
        for _ in 0..<600 where !isSaid {
            usleep(50_000)
            let answer = try verdict(stranger.object())
            #expect(answer["code"]?.string == "unknown_issuer")
            isSaid = answer["warnings"]?.array?.contains("update_refused") == true
        }
        #expect(try isSaid && stream.diagnostics().contains("[root_differs]"))
        #expect(try verdict(gate.object())["code"]?.string == "ok")
    }

    @Test("does not begin a film or a stream")
    func starts() throws {
        defer { remove() }
        let state = "--state \(scratch("state"))"
        #expect(try run(state, gate.object()).code == "ok")
        exchange()
        for form in ["--stream", "--frames 64x64"] {
            let start = try VerifyRun("--bundle \(gate.folder) --scene park --at \(VerifyGate.now) \(state) \(form)")
            #expect(start.code == "root_differs" && start.status == 2)
        }
    }

    @Test("pins the root where the state of the previous release has none, and reads no damaged pin")
    func earlierState() throws {
        defer { remove() }
        let text = try gate.object()
        #expect(try run("", text).code == "ok")
        let path = "\(gate.folder)/\(SeenState.path)"
        let fields = try CBORItem.decode(
            ProjectFiles.bytes(path)[...], rules: .deterministic, byteCountMax: 1 << 20, depthMax: 3)
        let entries = try #require(fields.map?.entries)
        func write(_ root: CBORItem?) throws {
            let kept = entries.filter { $0.key != .text("root") }
            let pin = root.map { [CBORMap.Entry(key: .text("root"), value: $0)] } ?? []
            try gate.write(CBORItem.map(CBORMap(kept + pin)).encoded(), to: SeenState.path)
        }
        #expect(entries.contains { $0.key == .text("root") })
        try write(nil)
        #expect(try run("", text).code == "ok")
        let pinned = try CBORItem.decode(
            ProjectFiles.bytes(path)[...], rules: .deterministic, byteCountMax: 1 << 20, depthMax: 3)
        #expect(pinned == fields)
        try write(.byteString([UInt8](repeating: 1, count: 31)))
        #expect(try run("", text).code == "bundle_unreadable")
        try write(.byteString([UInt8](repeating: 1, count: 32)))
        #expect(try run("", text).code == "root_differs")
    }
}
