import Glibc
import TestSupport
import Testing

/// Another process that holds a file's lock and was stopped by SIGSTOP; killed when the test lets go of it.
private final class StoppedNeighbour {
    private let process: pid_t

    /// Starts it, and waits until it has the lock and is stopped.
    init(holding path: String) throws {
        let locking =
            "import fcntl, os, signal, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX); "
            + "os.kill(os.getpid(), signal.SIGSTOP)"
        let script = """
            python3 -c '\(locking)' \(path) >&2 & p=$!
            for i in $(seq 3000); do grep -q "^State:.T" /proc/$p/status && echo $p && exit; sleep 0.02; done
            """
        let outcome = try Program(path: "/bin/sh").run(["-c", script])
        process = try #require(pid_t(outcome.output.filter(\.isNumber)), "\(outcome.diagnostics)")
    }

    deinit {
        kill(process, SIGKILL)
    }
}

@Suite("A gate whose neighbour was stopped while it held a lock")
struct StoppedNeighbourTests {
    private func options(_ gate: VerifyGate, _ scene: String = "metro-gate") -> [String] {
        ["--bundle", gate.folder, "--scene", scene, "--at", "\(VerifyGate.now)"]
    }

    /// One undecided verdict with its cause for programs, and a hint for people.
    private func expectUndecided(_ outcome: Program.Outcome, warning: String = "state_busy") {
        #expect(outcome.status == 2)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 1 && lines.allSatisfy { Self.isUndecided($0, warning) }, "\(outcome.output)")
    }

    private static func isUndecided(_ line: some StringProtocol, _ warning: String) -> Bool {
        line.contains(#""verdict":"undecided""#) && line.contains(#""code":"bundle_unreadable""#)
            && line.contains(#""warnings":["root_unpinned","\#(warning)"]"#) && line.contains("fuser")
    }

    @Test("answers undecided when the lock is the replay store's, once and at the start of a stream")
    func replayStore() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let first = try gate.shown(gate.person())
        #expect(try Program("verify").run(options(gate) + ["--text", first]).status == 0)
        let neighbour = try StoppedNeighbour(holding: "\(gate.folder)/state/replay")
        defer { withExtendedLifetime(neighbour) {} }
        let second = try gate.shown(gate.person())
        expectUndecided(try Program("verify").run(options(gate) + ["--text", second]))
        expectUndecided(try Program("verify").run(options(gate) + ["--stream"], input: Array("\(second)\n".utf8)))
    }

    @Test("answers every line of a running stream, and accepts again when the neighbour is gone")
    func runningStream() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let stream = try PipedProgram("verify", options(gate) + ["--stream"])
        func answer() throws -> String {
            try stream.write(Array("\(gate.shown(gate.person()))\n".utf8))
            return String(decoding: try stream.readLine(), as: UTF8.self)
        }
        #expect(try answer().contains(#""verdict":"accept""#))
        var neighbour: StoppedNeighbour? = try StoppedNeighbour(holding: "\(gate.folder)/state/replay")
        withExtendedLifetime(neighbour) {}
        for _ in 0..<2 { #expect(Self.isUndecided(try answer(), "state_busy")) }
        neighbour = nil
        #expect(try answer().contains(#""verdict":"accept""#))
        #expect(stream.finish() == 2)
    }

    @Test("answers undecided when the lock is the gate's memory's and there is something new to remember")
    func memory() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try gate.object()
        // A gate remembers nothing under a time that is given.
        let clock = try SetClock(at: VerifyGate.now)
        func verify(_ form: [String], input: String = "") throws -> Program.Outcome {
            try Program(path: "/usr/bin/env").run(
                clock.words.dropFirst() + ["\(ProjectFiles.root)/.build/debug/verify", "--bundle", gate.folder]
                    + ["--scene", "object-inspection"] + form, input: Array(input.utf8))
        }
        #expect(try verify(["--text", text]).status == 0)
        let neighbour = try StoppedNeighbour(holding: "\(gate.folder)/state")
        defer { withExtendedLifetime(neighbour) {} }
        #expect(try verify(["--text", text]).status == 0, "nothing is new, so no lock is needed")
        try gate.export(version: 6)
        expectUndecided(try verify(["--text", text]))
        expectUndecided(try verify(["--stream"], input: "\(text)\n"))
    }

    @Test("answers undecided when the lock is the spool's, and `flush` says so")
    func spool() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let recording = options(gate, "object-inspection") + ["--record"]
        let text = try gate.object()
        #expect(try Program("verify").run(recording + ["--text", text]).status == 0)
        let spool = "\(gate.folder)/state/events.spool"
        let neighbour = try StoppedNeighbour(holding: spool)
        defer { withExtendedLifetime(neighbour) {} }
        expectUndecided(try Program("verify").run(recording + ["--text", text]), warning: "spool_busy")
        expectUndecided(
            try Program("verify").run(recording + ["--stream"], input: Array("\(text)\n".utf8)), warning: "spool_busy")
        let flush = try Program("verify").run(["flush", "--spool", spool, "--socket", "/nonexistent/socket"])
        #expect(flush.status == 2 && flush.diagnostics.contains("[spool_busy]"), "\(flush.diagnostics)")
        #expect(flush.diagnostics.contains("verify: hint: "))
    }

    @Test("answers also when a named pipe lies where a file of its state should")
    func pipes() throws {
        for name in ["replay", "clock", "seen.cbor", "newest-version", "events.spool"] {
            let gate = try VerifyGate()
            defer { gate.remove() }
            let code = try gate.shown(gate.person())
            unsafe mkdir("\(gate.folder)/state", 0o700)
            try #require(unsafe mkfifo("\(gate.folder)/state/\(name)", 0o600) == 0)
            for clock in [["--at", "\(VerifyGate.now)"], []] {
                let words = ["--bundle", gate.folder, "--scene", "metro-gate", "--text", code] + clock
                // A program that waits for the pipe's writer is ended, and has no answer.
                let outcome = try Program("verify").run(words, script: "exec timeout 20 \"$0\" \"$@\"")
                #expect(outcome.status <= 2 && outcome.output.contains("\"verdict\""), "\(name) \(clock) \(outcome)")
            }
        }
    }
}
