import Encoding
import Glibc
import LogForge
import Signing
import TestSupport
import Testing
import TraceLog

/// Does each program's real work with the options of its unit, and compares its system calls with the unit's sandbox.
@Suite("The sandbox of a systemd unit")
struct UnitSystemCallTests {
    private static let home = "/var/lib/"
    /// SQLite sets the owner of its files where it runs as root, which the units do not.
    private static let rootsCalls: Set<String> = geteuid() == 0 ? ["fchown"] : []
    /// Paths that are writable in every unit, or absent: a gate asks for processors that stay awake, and goes on without
    /// (`PrivateDevices`).
    private static let writable = ["/dev/null", "/dev/cpu_dma_latency", "/proc/self/", "/tmp/"]

    /// The words that start a unit's program here, traced and under the test's clock; `values` stand for the unit's
    /// folders, variables and specifiers.
    private func words(
        _ unit: SystemdUnit, _ calls: TracedCalls, _ values: KeyValuePairs<String, String>, clock: [String] = []
    ) throws -> [String] {
        let name = try #require(unit.start.first).replacing("/usr/local/bin/", with: "")
        let arguments = unit.start.dropFirst().map { word in
            values.reduce(word) { $0.replacing($1.key, with: $1.value) }
        }
        #expect(!arguments.contains { $0.contains(Self.home) || $0.contains("$") || $0.contains("%") })
        return calls.words + clock + [Program(name).path] + arguments
    }

    /// Expects that a unit allows everything that its program did, where `writable` stands for `ReadWritePaths`.
    private func expect(_ unit: SystemdUnit, allows seen: TracedCalls.Seen, writable: [String]) throws {
        #expect(seen.names.count > 20 && seen.names.contains("execve"), "\(seen.names)")
        #expect(try seen.names.subtracting(unit.systemCalls()).subtracting(Self.rootsCalls) == [])
        #expect(seen.families.subtracting(unit.families) == [])
        let others = seen.written.filter { path in !(writable + Self.writable).contains { path.hasPrefix($0) } }
        #expect(others == [])
    }

    private func run(_ words: [String]) throws -> Program.Outcome {
        try Program(path: "/usr/bin/env").run(words)
    }

    @Test("allows a gate to decide on a stream, and to take a new bundle up")
    func gate() throws {
        let (gate, clock, state) = try (VerifyGate(), SetClock(at: VerifyGate.now), ScratchFolder(inside: "/var/tmp"))
        defer { gate.remove() }
        let (unit, calls) = try (SystemdUnit("verify@.service"), TracedCalls())
        let words = try words(
            unit, calls,
            [
                "/var/lib/suishen-gate/bundle": gate.folder, "/var/lib/suishen-gate/state": state.path,
                "%i": "metro-gate",
            ], clock: clock.words)
        let stream = try PipedProgram("verify", words, script: "exec \"$@\"")
        func answer(_ text: String) throws -> JSONValue {
            try stream.write(Array((text + "\n").utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
        }
        let shown = try gate.shown(gate.person())
        #expect(
            try [shown, shown, "no code", gate.object()].map { try answer($0)["code"]?.string }
                == ["ok", "replayed", "malformed", "wrong_form"])
        try gate.export(version: 6)
        var version: JSONValue?
        for _ in 0..<1200 where version != 6 {
            usleep(50_000)
            version = try answer(gate.chain())["trust"]?["bundleVersion"]
        }
        #expect(version == 6)
        #expect(stream.finish() == 1)
        try expect(unit, allows: calls.seen(), writable: [state.path])
    }

    @Test("allows a kiosk to decide, and to take a new bundle up")
    func kiosk() throws {
        let (gate, clock, state) = try (VerifyGate(), SetClock(at: VerifyGate.now), ScratchFolder(inside: "/var/tmp"))
        defer { gate.remove() }
        let (unit, calls) = try (SystemdUnit("suishen-kiosk.service"), TracedCalls())
        let module = try state.write([], to: "scanner.wasm")
        let words = try words(
            unit, calls,
            [
                "/var/lib/suishen-gate/bundle": gate.folder, "/var/lib/suishen-gate/state": state.path,
                "${SCENE}": "metro-gate", "127.0.0.1:8370": "127.0.0.1:0",
                "/usr/local/share/suishen/scanner.wasm": module,
            ], clock: clock.words)
        let kiosk = try KioskProcess(PipedProgram("suishen-web", words, script: "exec \"$@\""))
        let shown = try gate.shown(gate.person())
        #expect(try kiosk.get("/").status == 200 && kiosk.get("/state").status == 200)
        #expect(try kiosk.view([shown]) == ["ok"])
        #expect(try [shown, gate.object()].map(kiosk.scan) == ["replayed", "wrong_form"])
        try gate.export(version: 6)
        var version: JSONValue?
        for _ in 0..<1200 where version != 6 {
            usleep(50_000)
            version = try kiosk.state()["trust"]?["bundleVersion"]
        }
        #expect(version == 6)
        #expect(kiosk.program.end(by: SIGTERM) == 0)
        try expect(unit, allows: calls.seen(), writable: [state.path])
    }

    @Test("allows verify sync to fetch, and denies a scanning gate what that takes")
    func sync() throws {
        let synced = try SyncedGate()
        let unit = try SystemdUnit("verify-sync.service")
        func fetch() throws -> (outcome: Program.Outcome, seen: TracedCalls.Seen) {
            let calls = try TracedCalls()
            let words = try words(
                unit, calls,
                [
                    "/var/lib/suishen-gate/bundle": synced.bundle, "/var/lib/suishen-gate/state": synced.state,
                    "${ROOT}": synced.gate.rootDigest, "${GATES_URL}": synced.server.address,
                ], clock: synced.clock.words)
            return (try run(words), try calls.seen())
        }
        for version in UInt64(5)...6 {
            try synced.publish(version: version)
            let (outcome, seen) = try fetch()
            #expect(outcome.status == 0 && outcome.result?["updated"] == true, "\(outcome)")
            try expect(unit, allows: seen, writable: [synced.scratch.path])
            #expect(try !seen.names.isSubset(of: SystemdUnit("verify@.service").systemCalls()))
        }
    }

    @Test("allows an auditor and a witness to read a log over HTTP, and to remember it")
    func log() throws {
        let (server, place, key) = try (TreeServer(), ScratchFolder(), SigningKey.generate(.ed25519))
        var script = LogScript()
        for number in 0..<600 { try script.append(LogScript.object(number % 40), LogScript.inspection(number)) }
        for (path, bytes) in try ForgedLog(entries: script.entries, key: key).files {
            let folder = server.tree(path).split(separator: "/").dropLast().joined(separator: "/")
            try #require(Program(path: "/bin/mkdir").run(["-p", "/\(folder)"]).status == 0)
            try server.tree.write(bytes, to: path)
        }
        let witness = try place.write(SigningKey.generate(.ed25519).pem(), to: "key", mode: 0o400)
        let values: KeyValuePairs = [
            "${LOG_URL}": server.address, "/var/lib/suishen-auditor": place.path,
            "${LOG_KEY}": try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: key.verificationKey).vkey,
            "${CREDENTIALS_DIRECTORY}/key": witness, "/var/lib/suishen-witness": place.path, "${NAME}": "w.example",
        ]
        // An audit is confirmed by what the audit before it remembered.
        for (name, status) in [("audit", Int32(2)), ("audit", 0), ("witness", 0), ("witness", 0)] {
            let (unit, calls) = try (SystemdUnit("chain-verify-\(name).service"), TracedCalls())
            let outcome = try run(words(unit, calls, values))
            #expect(outcome.status == status, "\(name): \(outcome)")
            try expect(unit, allows: calls.seen(), writable: [place.path])
        }
    }

    @Test("allows a witness to serve, and to remember what it cosigned")
    func servingWitness() throws {
        let (place, key) = try (ScratchFolder(), SigningKey.generate(.ed25519))
        let log = try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: key.verificationKey)
        try #require(unsafe mkdir(place("logs"), 0o700) == 0)
        let values: KeyValuePairs = [
            "127.0.0.1:8450": "127.0.0.1:0", "/var/lib/suishen-witness": place.path, "${NAME}": "w.example",
            "/etc/suishen/witness.logs": try place.write(Array(log.vkey.utf8), to: "known"),
            "${CREDENTIALS_DIRECTORY}/key": try place.write(
                SigningKey.generate(.ed25519).pem(), to: "key", mode: 0o400),
        ]
        let (unit, calls) = try (SystemdUnit("chain-verify-witness-serve.service"), TracedCalls())
        let words = try words(unit, calls, values)
        try #require(run(words + ["--begin"]).status == 0)
        let witness = try PipedProgram("chain-verify", words, script: "exec \"$@\"")
        let ready = String(decoding: try witness.readLine(), as: UTF8.self)
        let port = try #require(ready.split(separator: ":").last.flatMap { UInt16($0) }, "\(ready)")
        let forged = try ForgedLog(entries: [[1], [2]], key: key)
        let note = try SignedNote(bytes: forged.files["checkpoint"] ?? [])
        let body = try CosigningRequest(oldSize: 0, path: [], note: note).bytes
        let connection = try WebConnection(port: port)
        let head =
            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        connection.send(Array(head.utf8) + body)
        #expect(String(decoding: connection.readToEnd().prefix(12), as: UTF8.self) == "HTTP/1.1 200")
        #expect(witness.end(by: SIGTERM) == 0)
        try expect(unit, allows: calls.seen(), writable: [place.path])
    }

    @Test("allows the daemon to issue, revoke, record and publish")
    func daemon() throws {
        let run = try SuishenRun()
        try publish(from: run)
        let (unit, calls) = try (SystemdUnit("suishend.service"), TracedCalls())
        let words = try words(unit, calls, ["/var/lib/suishen/state": run.folder("state")])
        let daemon = try PipedProgram("suishend", words, script: "exec \"$@\"")
        do {
            try RunningProgram.waitForSocket(run.folder("state/run/suishend.sock"))
        } catch {
            Issue.record("\(try daemon.diagnostics())")
        }
        let object = try run.object()
        try run.answer(["issue", object])
        try run.answer(["event", "append", object, "--step", "inspecting"])
        try run.answer(["revoke", object])
        try run.answer(["bundle", "export", "--out", run.folder("bundle")])
        try waitForTree(of: run)
        #expect(daemon.end(by: SIGTERM) == 0)
        try expect(unit, allows: calls.seen(), writable: [run.folder.path])
    }

    @Test("allows the pages to answer, and to take a report of a fault")
    func pages() throws {
        let run = try SuishenRun()
        try publish(from: run)
        let socket = run.folder("state/run/suishend.sock")
        let daemon = try RunningProgram("suishend", ["--state", run.folder("state")])
        try RunningProgram.waitForSocket(socket)
        let text = try #require(try run.answer(["issue", run.object()])["text"]?.string)
        let path = "/" + text.split(separator: "/").suffix(2).joined(separator: "/")
        try waitForTree(of: run)
        let (unit, calls) = try (SystemdUnit("suishen-web.service"), TracedCalls())
        let (module, host) = try (run.folder.write([], to: "module.wasm"), "code.suishen.example")
        let words = try words(
            unit, calls,
            [
                "/run/suishend/suishend.sock": socket, "/var/lib/suishen/tree": run.folder("tree"),
                "/var/lib/suishen-web/reports": run.folder("reports"), "127.0.0.1:8490": "127.0.0.1:0",
                "/usr/local/share/suishen/reader.wasm": module, "/usr/local/share/suishen/wallet.wasm": module,
                "/usr/local/share/suishen/scanner.wasm": module, "${HOST}": host,
                "$OPTIONS": "--wallet-host=wallet.suishen.example",
            ]
        ).map { $0 == "suishen" ? "root" : $0 }
        let pages = try KioskProcess(PipedProgram("suishen-web", words, script: "exec \"$@\""))
        let form = ["Host": host, "Content-Type": "application/x-www-form-urlencoded"]
        #expect(try pages.send("GET", path, ["Host": host])?.status == 200)
        #expect(try pages.send("GET", "/log/checkpoint", ["Host": host])?.status == 200)
        #expect(try pages.send("GET", "/gates/bundle.cbor", ["Host": host])?.status == 200)
        #expect(
            try pages.send("POST", path + "/report", form, body: Array("kind=unsafe&text=door".utf8))?.status == 200)
        #expect(ProjectFiles.exists(run.folder("reports")))
        #expect(pages.program.end(by: SIGTERM) == 0)
        try expect(unit, allows: calls.seen(), writable: [run.folder("reports")])
        daemon.end(SIGTERM)
    }

    /// Has an installation's daemon publish to the folder `tree`.
    private func publish(from run: SuishenRun) throws {
        let settings = run.folder("state/suishend.yaml")
        let text = String(decoding: try ProjectFiles.bytes(settings), as: UTF8.self)
        let published = text.replacing("\npublish: none\n", with: "\npublish: \(run.folder("tree"))\n")
        try #require(published != text)
        try run.folder.write(Array(published.utf8), to: "state/suishend.yaml", mode: 0o600)
    }

    private func waitForTree(of run: SuishenRun) throws {
        for _ in 0..<1200 where !ProjectFiles.exists(run.folder("tree/bundle.cbor")) { usleep(50_000) }
        try #require(ProjectFiles.exists(run.folder("tree/bundle.cbor")))
    }
}
