import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@Suite("verify sync, killed at any instant")
struct SyncCrashTests {
    /// More than the changes of any fetch here.
    private static let stepCountMax = 400

    private let synced: SyncedGate
    private let killSwitch: KillSwitch

    init(_ synced: SyncedGate) throws { (self.synced, killSwitch) = (synced, try KillSwitch()) }

    init() throws { try self.init(SyncedGate()) }

    /// Kills a fetch at every change that it makes, each time from the same folder and state.
    ///
    /// - Parameters:
    ///   - options: of `verify sync`.
    ///   - holds: checks the folder and state after a kill.
    /// - Returns: the number of kills.
    /// - Throws: when a command cannot be run, or ends otherwise.
    private func killEverywhere(
        _ options: [String] = [], _ holds: (_ bundle: String, _ state: String, _ step: Int) throws -> Void
    ) throws -> Int {
        for step in 1...Self.stepCountMax {
            let scratch = try ScratchFolder()
            let (bundle, state) = (scratch("bundle"), scratch("state"))
            for name in ["bundle", "state"] where unsafe access(synced.scratch(name), F_OK) == 0 {
                let copy = try Program(path: "/bin/cp").run(["-a", synced.scratch(name), scratch.path])
                try #require(copy.status == 0, "\(copy)")
            }
            let words = synced.words(options, in: bundle, state: state)
            let command = words.drop { $0.contains("=") }
            let outcome = try Program(path: "/usr/bin/env").run(killSwitch.words(at: step, synced.clock) + command)
            if outcome.status == 0 { return step - 1 }
            try #require(outcome.status == 128 + SIGKILL, "\(outcome)")
            try holds(bundle, state, step)
            let again = try Program(path: "/usr/bin/env").run(words)
            #expect(again.status == 0, "\(step): \(again)")
            #expect(try synced.acceptedVersion(bundle: bundle, state: state) == 6)
            let left = try Program(path: "/usr/bin/find").run([bundle, state, "-name", ".unfinished*"])
            #expect(left.output == "", "\(step): \(left.output)")
        }
        return Self.stepCountMax
    }

    @Test("leaves the gate the old generation or the new one")
    func update() throws {
        for version in UInt64(3)...5 {
            try synced.publish(version: version)
            let outcome = try synced.sync("--root", synced.gate.rootDigest)
            try #require(outcome.status == 0, "\(outcome)")
        }
        try synced.publish(version: 6, listTime: VerifyGate.start + 5)
        var versions: [Int64] = []
        let count = try killEverywhere { bundle, state, step in
            let version = try synced.acceptedVersion(bundle: bundle, state: state)
            versions.append(try #require(version, "killed at step \(step)"))
        }
        // One switch, from the old to the new, and many steps on both sides.
        #expect(versions == versions.sorted() && Set(versions) == [5, 6], "\(versions)")
        #expect(count > 40 && count < Self.stepCountMax, "\(count) steps")
        print("killed at \(count) steps, of which \(versions.filter { $0 == 5 }.count) leave the old generation")
    }

    @Test("leaves an enrolled gate keys that it can open, whichever generation it has")
    func keys() throws {
        let gate = try EnrolledGate()
        try gate.publish(gate.sealed())
        try gate.sync("taken")
        let tests = try SyncCrashTests(gate.synced)
        try gate.synced.publish(version: 6, listTime: VerifyGate.start + 5)
        try gate.publish(gate.sealed(at: EnrolledGate.firstTime + 1))
        var versions: [Int64] = []
        let count = try tests.killEverywhere { bundle, state, step in
            let version = try gate.synced.acceptedVersion(bundle: bundle, state: state)
            versions.append(try #require(version, "killed at step \(step)"))
        }
        #expect(versions == versions.sorted() && Set(versions) == [5, 6], "\(versions)")
        #expect(count > 40 && count < Self.stepCountMax, "\(count) steps")
    }

    @Test("leaves a first fetch without a generation, or with a whole one")
    func first() throws {
        try synced.publish(version: 6)
        let count = try killEverywhere(["--root", synced.gate.rootDigest]) { bundle, state, step in
            guard unsafe access("\(bundle)/current", F_OK) == 0 else { return }
            let version = try synced.acceptedVersion(bundle: bundle, state: state)
            #expect(version == 6, "killed at step \(step)")
        }
        #expect(count > 40 && count < Self.stepCountMax, "\(count) steps")
    }
}
