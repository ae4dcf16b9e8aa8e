import Encoding
import Gate
import GateTestSupport
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A running gate whose keys or root documents change alone")
struct RunningKeysTests {
    private let gate: EnrolledGate
    private var synced: SyncedGate { gate.synced }

    init() throws { gate = try EnrolledGate() }

    private func start() throws -> PipedProgram {
        try PipedProgram(
            "verify",
            [
                "--bundle", synced.bundle, "--state", synced.state, "--root", synced.gate.rootDigest, "--scene",
                "metro-gate", "--stream",
            ], clock: synced.clock)
    }

    /// The verdict on a fresh showing, as `ok` or `undecided update_refused keys_ahead`.
    private func answer(_ stream: PipedProgram) throws -> String {
        let text = try synced.gate.shownByAnother()
        try stream.write(Array((text + "\n").utf8))
        let verdict = try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
        let warnings = verdict["warnings"]?.array?.compactMap(\.string).sorted() ?? []
        let word = verdict["code"] == "ok" ? "ok" : verdict["verdict"]?.string ?? ""
        return ([word] + warnings).joined(separator: " ")
    }

    /// Asks until the wanted answer, for as long as a busy machine may take.
    private func waits(for wanted: String, _ stream: PipedProgram) throws -> Bool {
        var last = ""
        for _ in 0..<1200 {
            last = try answer(stream)
            if last == wanted { return true }
            usleep(50_000)
        }
        print("the gate still says", last)
        return false
    }

    /// Puts a file in the bundle's folder, as somebody who copies it there by hand.
    private func copy(_ bytes: [UInt8], _ path: String) throws {
        unsafe mkdir("\(synced.bundle)/keys", 0o755)
        let unfinished = try synced.scratch.write(bytes, to: "bundle/\(path).new")
        try #require(unsafe rename(unfinished, "\(synced.bundle)/\(path)") == 0)
    }

    @Test("opens keys that a fetch brings, and keeps its own beside bad ones until they are mended")
    func fetched() throws {
        let stream = try start()
        #expect(try answer(stream) == "undecided")
        try gate.publish(gate.sealed())
        try gate.sync("taken")
        #expect(try waits(for: "ok", stream))
        // The next keys come with nothing else.
        try gate.publish(gate.sealed(at: EnrolledGate.firstTime + 1))
        try gate.sync("taken")
        #expect(try waits(for: "ok", stream))
        #expect(stream.finish() == 2)
        #expect(try stream.diagnostics() == "")
    }

    @Test("opens a file that was copied alone, warns of a bad one while it decides on, and takes the mended one")
    func copied() throws {
        let stream = try start()
        #expect(try answer(stream) == "undecided")
        try copy(gate.sealed(), gate.path)
        #expect(try waits(for: "ok", stream))
        let other = try SigningKey.generate(.ed25519)
        for (code, bytes) in [
            ("keys_ahead", try gate.sealed(at: VerifyGate.now + 3600)), ("keys_unusable", [0x80]),
            ("keys_bad_signature", try gate.sealed(at: EnrolledGate.firstTime + 1, by: other)),
        ] {
            try copy(bytes, gate.path)
            #expect(try waits(for: "ok \(code) update_refused", stream), "\(code)")
            let lines = try stream.diagnostics().split(separator: "\n").filter { $0.contains("[\(code)]") }
            #expect(lines.count == 1, "\(lines)")
            // A new bundle is taken up beside them.
            try copy(gate.sealed(at: EnrolledGate.firstTime + 2), gate.path)
            #expect(try waits(for: "ok", stream), "\(code)")
        }
        #expect(stream.finish() == 2)
    }

    @Test("takes a new bundle up beside bad keys, and goes on with the keys that it had")
    func bundleBesideBadKeys() throws {
        try gate.publish(gate.sealed())
        try gate.sync("taken")
        let stream = try start()
        #expect(try answer(stream) == "ok")
        // By hand: a link less, so that the folder itself counts.
        for file in try synced.gate.files(version: 6, domains: [], revoked: [1]) where file.path != EpochKeyFile.name {
            unsafe mkdir("\(synced.bundle)/status", 0o755)
            try copy(file.bytes, file.path)
        }
        try copy([0x80], gate.path)
        unsafe unlink("\(synced.bundle)/current")
        #expect(try waits(for: "reject keys_unusable update_refused", stream))
        let text = try synced.gate.shown(synced.gate.person(index: 2))
        try stream.write(Array((text + "\n").utf8))
        let verdict = try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
        #expect(verdict["code"] == "ok" && verdict["trust"]?["bundleVersion"] == 6, "\(verdict)")
    }

    @Test("takes root documents up that changed alone, and refuses bad ones")
    func roots() throws {
        let keys = try RootCeremony()
        let root = synced.gate.root
        let one = try keys.document(1, roots: [root], threshold: 1).signed(by: root)
        let two = try keys.document(2, roots: [root], threshold: 1).signed(by: root)
        unsafe unlink("\(synced.bundle)/current")
        unsafe mkdir("\(synced.bundle)/status", 0o755)
        let files = try synced.gate.files(version: 6, domains: [], rootKey: keys.bundleKeys[0])
        try copy(RootChain.encoded([one]), RootChain.name)
        for file in files where ![EpochKeyFile.name, BundleExport.rootName].contains(file.path) {
            try copy(file.bytes, file.path)
        }
        try copy(root.verificationKey.pem(), BundleExport.rootName)
        try copy(gate.sealed(by: keys.bundleKeys[0]), gate.path)
        let stream = try start()
        #expect(try answer(stream) == "ok")
        func taken() throws -> [UInt8] { try ProjectFiles.bytes("\(synced.state)/seen.cbor") }
        let before = try taken()
        try copy(RootChain.encoded([one, two]), RootChain.name)
        var remembered = false
        for _ in 0..<1200 where !remembered {
            usleep(50_000)
            remembered = try taken() != before
        }
        #expect(remembered)
        #expect(try answer(stream) == "ok")
        try copy(RootChain.encoded([one]), RootChain.name)
        #expect(try waits(for: "ok update_refused", stream))
        try copy(RootChain.encoded([one, two]), RootChain.name)
        #expect(try waits(for: "ok", stream))
    }
}
