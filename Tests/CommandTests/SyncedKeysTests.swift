import Credential
import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("verify sync at an enrolled gate")
struct SyncedKeysTests {
    private let gate: EnrolledGate
    private var synced: SyncedGate { gate.synced }

    init() throws { gate = try EnrolledGate() }

    /// Publishes bundle 6, which revokes index 1, and says whether the gate has heard of the revocation.
    private func publishRevocation(version: UInt64 = 6) throws {
        try synced.publish(version: version, listTime: VerifyGate.start + 5, revoked: [VerifyGate.revokedIndex, 1])
    }

    private func code(index: UInt64) throws -> String? {
        let text = try synced.gate.shown(synced.gate.person(index: index))
        return try VerifyRun(
            "--bundle \(synced.bundle) --state \(synced.state) --scene metro-gate --text '\(text)'", clock: synced.clock
        ).code
    }

    @Test("fetches its sealed keys, which stay sealed on the disk, and asks again with their tag")
    func taken() throws {
        #expect(try synced.acceptedVersion() == nil)
        try gate.publish(gate.sealed())
        let result = try gate.sync("taken")
        #expect(result?["keysUntil"] == .integer(Int64(EnrolledGate.until)) && result?["updated"] == true)
        #expect(try synced.acceptedVersion() == 5)
        let generation = try synced.names(in: "generations/2/keys")
        #expect(generation == [gate.keys.gate.text])
        let entries = try gate.epochKeys().entries
        for path in ["\(synced.bundle)/generations/2/\(gate.path)"] + gate.statePaths {
            let hex = Hex.encode(try ProjectFiles.bytes(path))
            for entry in entries { #expect(!hex.contains(Hex.encode(entry.key.bytes)), "\(path)") }
        }
        _ = try synced.server.answers()
        let again = try gate.sync("unchanged")
        #expect(again?["keysUntil"] == .integer(Int64(EnrolledGate.until)) && again?["fetchedBytes"] == 0)
        #expect(try synced.server.answers().contains("304 /\(gate.path)"))
        // The next file comes alone, and a new bundle beside the same keys shares their file.
        try gate.publish(gate.sealed(at: EnrolledGate.firstTime + 1))
        try gate.sync("taken")
        try synced.publish(version: 6)
        try gate.sync("unchanged")
        #expect(try synced.acceptedVersion() == 6)
        let fetched = try synced.server.answers().filter { $0.hasPrefix("200") }
        #expect(fetched == ["200 /\(gate.path)", "200 /bundle.cbor"])
    }

    @Test("takes everything else where the server has no keys for it, says so once, and keeps what it has")
    func missing() throws {
        try publishRevocation()
        let result = try gate.sync("missing", code: "keys_missing")
        #expect(result?["keysUntil"] == nil && result?["updated"] == true)
        #expect(try code(index: 1) == "revoked")
        try gate.publish(gate.sealed())
        try gate.sync("taken")
        // Suspended: the file has left the tree.
        try gate.publish(nil)
        try synced.publish(version: 7, listTime: VerifyGate.start + 6, revoked: [1])
        let kept = try gate.sync("missing", code: "keys_missing")
        #expect(kept?["keysUntil"] == .integer(Int64(EnrolledGate.until)) && kept?["updated"] == true)
        #expect(try synced.acceptedVersion() == nil && code(index: 1) == "revoked" && code(index: 2) == "ok")
        try gate.publish(gate.sealed(at: EnrolledGate.firstTime + 9))
        try gate.sync("taken")
    }

    @Test("says once that the server has no keys for a gate that never had any, and each time once it had some")
    func missingAgain() throws {
        func isTold() throws -> Bool {
            let outcome = try synced.sync()
            #expect(outcome.status == 0 && outcome.result?["keys"] == "missing", "\(outcome)")
            return outcome.diagnostics.contains("[keys_missing]")
        }
        #expect(try isTold() && !isTold())
        // A new generation is no news of the keys.
        try publishRevocation()
        #expect(try !isTold())
        // A time that is given changes nothing in the state.
        unsafe unlink("\(synced.state)/keys-missing")
        for _ in 0..<2 {
            let outcome = try synced.sync("--at", "\(VerifyGate.now)")
            #expect(outcome.diagnostics.contains("[keys_missing]"), "\(outcome)")
        }
        #expect(!ProjectFiles.exists("\(synced.state)/keys-missing"))
        #expect(try isTold() && !isTold())
        try gate.publish(gate.sealed())
        try gate.sync("taken")
        try gate.publish(nil)
        #expect(try isTold() && isTold())
    }

    @Test("asks for no keys, and says nothing of them, at a gate that is not enrolled")
    func notEnrolled() throws {
        let other = try SyncedGate()
        _ = try other.sync("--root", other.gate.rootDigest)
        let outcome = try other.sync()
        #expect(outcome.status == 0 && outcome.result?["keys"] == nil && outcome.diagnostics.isEmpty, "\(outcome)")
        #expect(try !other.server.answers().contains { $0.contains("keys/") })
    }

    @Test("refuses foreign, old, forged and altered keys, and keys dated ahead, and takes revocations with them")
    func refused() throws {
        let good = try gate.sealed(at: EnrolledGate.firstTime + 5)
        try gate.publish(good)
        try gate.sync("taken")
        let other = try EnrolledGate()
        var altered = good
        altered[good.count - 70] ^= 1
        let cases: [(String, [UInt8])] = [
            ("keys_foreign", try gate.sealed(at: EnrolledGate.firstTime + 6, for: other.keys.gate)),
            ("keys_rollback", try gate.sealed(at: EnrolledGate.firstTime + 4)),
            ("keys_ahead", try gate.sealed(at: VerifyGate.now + 3600)),
            ("keys_unusable", try gate.sealed(at: EnrolledGate.firstTime + 6, to: other.keys.receiving.publicKey)),
            ("keys_bad_signature", try gate.sealed(at: EnrolledGate.firstTime + 6, by: other.synced.gate.root)),
            ("keys_bad_signature", altered), ("keys_unusable", Array(good.dropLast())), ("keys_unusable", []),
        ]
        for (number, (expected, bytes)) in cases.enumerated() {
            try gate.publish(bytes)
            let version = UInt64(6 + number)
            try synced.publish(
                version: version, listTime: VerifyGate.start + 1 + UInt64(number),
                revoked: [VerifyGate.revokedIndex, 20 + UInt64(number)])
            // Both come in one fetch: the revocation is taken, the keys are not.
            let result = try gate.sync("refused", code: expected, status: 1)
            #expect(result?["updated"] == true && result?["bundleVersion"] == .integer(Int64(version)))
            #expect(result?["keysUntil"] == .integer(Int64(EnrolledGate.until)))
            #expect(try code(index: 20 + UInt64(number)) == "revoked" && code(index: 2) == "ok", "\(expected)")
            // Alone they make no generation, and nothing of them is remembered.
            let (generation, seen) = (synced.current(), try ProjectFiles.bytes("\(synced.state)/seen.cbor"))
            try gate.sync("refused", code: expected, status: 1)
            #expect(synced.current() == generation)
            #expect(try ProjectFiles.bytes("\(synced.state)/seen.cbor") == seen)
        }
        try gate.publish(good)
        try gate.sync("unchanged")
        // What was dated ahead is taken once its time has come.
        try gate.publish(gate.sealed(at: VerifyGate.now + 3600))
        try synced.clock.set(VerifyGate.now + 3600)
        try gate.sync("taken")
    }

    @Test(
        "takes revocations while the server hands out everything but the keys",
        arguments: TreeServer.Behavior.allCases)
    func hostile(behavior: TreeServer.Behavior) throws {
        guard ![.honest, .stale].contains(behavior) else { return }
        try gate.publish(gate.sealed())
        try gate.sync("taken")
        try gate.publish(gate.sealed(at: EnrolledGate.firstTime + 1))
        try publishRevocation()
        try synced.server.treat(gate.path, behavior)
        let outcome = try synced.sync("--timeout", "2")
        let keys = outcome.result?["keys"]?.string
        // A server that says less than it sends is taken at its word; the cut file is refused.
        #expect(keys == "unavailable" || keys == "refused" && behavior == .saysLess, "\(behavior): \(outcome)")
        #expect([1, 75].contains(outcome.status) && outcome.errorCode != nil, "\(behavior): \(outcome)")
        #expect(outcome.result?["updated"] == true && outcome.result?["bundleVersion"] == 6)
        #expect(try code(index: 1) == "revoked" && code(index: 2) == "ok", "\(behavior)")
        if [.hangs, .fails, .busy].contains(behavior) { #expect(outcome.status == 75, "\(behavior): \(outcome)") }
        try synced.server.treat(gate.path, .honest)
        try gate.sync("taken")
    }
}
