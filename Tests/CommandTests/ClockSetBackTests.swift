import Credential
import Encoding
import Gate
import Glibc
import TestSupport
import Testing

@Suite("A gate whose clock or bundle states a wrong time")
struct ClockSetBackTests {
    private let gate: VerifyGate
    private let clock: SetClock
    private let now = VerifyGate.now
    private let later = VerifyGate.now + 1000

    init() throws {
        (gate, clock) = try (VerifyGate(), SetClock(at: VerifyGate.now))
    }

    /// The verdict on a showing of this second, at a clock.
    private func run(at time: UInt64, _ options: String = "", text: String? = nil) throws -> VerifyRun {
        try clock.set(time)
        let text = try text ?? gate.shown(gate.person(), time: time)
        return try VerifyRun("--bundle \(gate.folder) --scene metro-gate \(options) --text '\(text)'", clock: clock)
    }

    private func expectUndecided(_ run: VerifyRun) {
        #expect(run.code == "clock_before_bundle" && run.verdict == "undecided" && run.status == 2)
    }

    @Test("does not decide while its clock is behind the bundle in its folder, or behind one that it has seen")
    func setBack() throws {
        defer { gate.remove() }
        try gate.export(version: 6, listTime: later, issuedAt: later)
        #expect(try run(at: later).code == "ok")
        for back in [later - 16, now, VerifyGate.start] { expectUndecided(try run(at: back)) }
        #expect(try run(at: later - 15).code == "ok", "within the skew")
        expectUndecided(try run(at: later, "--at \(now)"))
        // The list alone was signed later; its time is remembered where the folder no longer holds it.
        try gate.export(version: 7, listTime: later + 1000, issuedAt: later)
        #expect(try run(at: later + 1000).code == "ok")
        try gate.export(version: 8)
        expectUndecided(try run(at: later))
        unsafe system("rm -r \(gate.folder)/state")
        #expect(try run(at: later).code == "ok", "the memory alone said so")
    }

    @Test("does not decide when its clock is set back while it runs, and decides again when it is set right")
    func runningStream() throws {
        defer { gate.remove() }
        try gate.export(version: 6, listTime: later, issuedAt: later)
        try clock.set(later)
        let stream = try PipedProgram(
            "verify", ["--bundle", gate.folder, "--scene", "metro-gate", "--stream"], clock: clock)
        func code(at time: UInt64) throws -> String? {
            try clock.set(time)
            try stream.write(Array("\(gate.shown(gate.person(), time: time))\n".utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)["code"]?.string
        }
        for _ in 0..<2 {
            #expect(try code(at: later) == "ok")
            #expect(try code(at: now) == "clock_before_bundle")
        }
        #expect(try code(at: later) == "ok")
    }

    @Test("remembers nothing of a bundle or list that is dated ahead, and takes the next right one")
    func datedAhead() throws {
        defer { gate.remove() }
        for isKnown in [false, true] {
            if isKnown { #expect(try run(at: now).code == "ok") }
            for (version, issuedAt, list) in [
                (6, now + 16, now), (6, UInt64.max - 86_400, now), (now + 86_401, now, now), (.max, now, now),
                (6, now, now + 16), (6, now, .max),
            ] as [(UInt64, UInt64, UInt64)] {
                try gate.export(version: version, listTimeMin: list, issuedAt: issuedAt)
                expectUndecided(try run(at: now))
                let seen = try SeenState(gate)
                #expect(seen.version == (isKnown ? 5 : 0) && seen.listTimes.values.allSatisfy { $0 < now })
                #expect(try run(at: now, "--at \(now)").status == 2)
            }
            unsafe system("rm -f \(gate.folder)/state/*.bits")
            try gate.export(version: 5)
        }
        #expect(try run(at: now).code == "ok")
    }

    @Test("does not decide by a status list that is dated ahead, and takes the next right one")
    func listDatedAhead() throws {
        defer { gate.remove() }
        #expect(try run(at: now).code == "ok")
        for time in [now + 16, now + 86_400 * 365, .max] as [UInt64] {
            try gate.export(version: 6, listTime: time)
            expectUndecided(try run(at: now))
            let revoked = try gate.shown(gate.person(index: VerifyGate.revokedIndex))
            #expect(try run(at: now, text: revoked).code == "revoked")
            #expect(try SeenState(gate).listTimes.values.allSatisfy { $0 == VerifyGate.start })
        }
        try gate.export(version: 7, listTime: now + 15)
        #expect(try run(at: now).code == "ok")
    }

    @Test("with a given time reads its state and does not advance it, however far ahead that time is")
    func givenTime() throws {
        defer { gate.remove() }
        let ahead = now + 86_400 * 3650
        try gate.export(version: ahead, listTime: ahead, issuedAt: ahead)
        for _ in 0..<2 {
            let run = try VerifyRun(
                "--bundle \(gate.folder) --scene park --at \(ahead) --stream",
                input: [String](repeating: "\(gate.person(kind: .paper))\n", count: 3).joined())
            #expect(run.lines.count == 3)
            #expect(try SeenState(gate).version == 0, "only the root is remembered")
            #expect(!ProjectFiles.exists("\(gate.folder)/state/clock"))
        }
        try gate.export(version: 6)
        for _ in 0..<2 { #expect(try run(at: now, "--at \(now)").code == "ok") }
        #expect(try run(at: now).code == "ok")
        #expect(try SeenState(gate).version == 6)
        try gate.export(version: 5)
        #expect(try run(at: now, "--at \(now)").code == "bundle_rollback")
    }

    @Test("decides again after `verify state reset-clock` when a clock far ahead took a bundle of that time")
    func resetClock() throws {
        defer { gate.remove() }
        let ahead = now + 86_400 * 10
        let shown = try gate.shown(gate.person())
        #expect(try run(at: now, text: shown).code == "ok")
        try gate.export(version: ahead, listTime: ahead, issuedAt: ahead)
        try clock.set(ahead)
        let object = try gate.object()
        let inspection = "--bundle \(gate.folder) --scene object-inspection --text '\(object)'"
        #expect(try VerifyRun(inspection, clock: clock).code == "ok")
        #expect(try SeenState(gate).version == ahead)
        try gate.export(version: now, listTime: now, issuedAt: now)
        #expect(try run(at: now).verdict == "undecided")
        let reset = try VerifyRun("state reset-clock --bundle \(gate.folder)", clock: clock)
        #expect(reset.status == 0 && reset.lines == [["reset": true]])
        #expect(try run(at: now).code == "ok")
        #expect(try run(at: now, text: shown).code == "replayed", "the replay store stays")
        // What does not lie ahead is remembered still.
        #expect(try VerifyRun("state reset-clock --bundle \(gate.folder)", clock: clock).status == 0)
        try gate.export(version: 5)
        #expect(try run(at: now).code == "bundle_rollback")
    }

    @Test("is not reset for a user who does not own the state, or in a folder that does not exist")
    func foreignReset() throws {
        defer { gate.remove() }
        #expect(try run(at: now).code == "ok")
        try #require(unsafe chown("\(gate.folder)/state", 65_534, 65_534) == 0)
        for command in ["reset-clock", "reset-replay"] {
            for folder in ["state", "missing"] {
                let outcome = try Program("verify").run(["state", command, "--state", "\(gate.folder)/\(folder)"])
                #expect(outcome.status == 2 && outcome.output.isEmpty, "\(command) \(folder)")
            }
        }
        #expect(try SeenState(gate).version == 5 && ProjectFiles.exists("\(gate.folder)/state/replay"))
    }

    @Test("that starts before its bundle's time remembers the bundle once the clock is right")
    func startsTooEarly() throws {
        defer { gate.remove() }
        try gate.export(version: 6, listTime: later, issuedAt: later)
        try clock.set(now)
        let stream = try PipedProgram(
            "verify", ["--bundle", gate.folder, "--scene", "object-inspection", "--stream"], clock: clock)
        let object = try gate.object()
        func code() throws -> String? {
            try stream.write(Array("\(object)\n".utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)["code"]?.string
        }
        #expect(try code() == "clock_before_bundle")
        #expect(try SeenState(gate).version == 0, "only the root is remembered")
        try clock.set(later)
        #expect(try code() == "ok")
        for _ in 0..<1200 where try SeenState(gate).version == 0 { usleep(50_000) }
        #expect(try SeenState(gate).version == 6)
    }
}
