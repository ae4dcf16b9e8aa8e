import LogForge
import Signing
import Testing
import TraceLog

/// What a tampering must lead to.
private struct Expectation {
    let code: String
    let index: UInt64?
    let object: [UInt8]?
}

@Suite("An auditor, of a log of 10,000 events over 500 objects,")
struct AuditorTamperTests {
    private let scene: AuditorScene

    init() throws {
        scene = try AuditorScene.shared.get()
    }

    private func expect(
        _ log: ForgedLog, anchors: [Checkpoint] = [], _ expected: Expectation,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let report = try await scene.audit(log, anchors: anchors)
        #expect(report.verdict == .tampered, sourceLocation: location)
        #expect(report.code == expected.code, sourceLocation: location)
        #expect(report.findings.first?.index == expected.index, sourceLocation: location)
        #expect(report.findings.first?.object == expected.object, sourceLocation: location)
    }

    @Test("calls it intact when it is anchored, and never when it is not")
    func intact() async throws {
        let log = try scene.log()
        let anchored = try await scene.audit(log, anchors: [log.checkpoint()])
        #expect(anchored.verdict == .intact)
        #expect(anchored.findings.isEmpty)
        #expect(anchored.eventCount == UInt64(AuditorScene.eventCount))
        #expect(anchored.objectCount == UInt64(AuditorScene.objectCount))
        let alone = try await scene.audit(log)
        #expect(alone.verdict == .undecided)
        #expect(alone.code == "unanchored")
    }

    @Test("finds a bit flipped in an entry, in a tile of either level, and in the checkpoint")
    func flips() async throws {
        let (target, honest) = (scene.target, try scene.log())
        let bundle = UInt64(target / 256)
        var log = honest
        var bytes = try #require(log.files[TilePath(kind: .entries, index: bundle).path])
        let end = try EntryBundle(bytes: bytes, width: 256).ranges[target % 256].upperBound
        // The last bytes of a plain entry are the field's text, an empty list and null.
        bytes[end - 5] ^= 1
        log.files[TilePath(kind: .entries, index: bundle).path] = bytes
        try await expect(
            log, Expectation(code: "leaf_mismatch", index: UInt64(target), object: scene.object(target)))
        log = honest
        log.files[TilePath(kind: .hashes(level: 0), index: bundle).path]?[32 * (target % 256)] ^= 0x80
        try await expect(
            log, Expectation(code: "tile_mismatch", index: UInt64(target), object: scene.object(target)))
        log = honest
        let upper = try #require(log.files.keys.first { $0.hasPrefix("tile/1/") })
        log.files[upper]?[32 * 5 + 3] ^= 4
        try await expect(log, Expectation(code: "tile_mismatch", index: 5 * 256, object: nil))
        log = honest
        log.files["checkpoint"]?[ForgedLog.origin.utf8.count + 1] ^= 1
        try await expect(log, Expectation(code: "checkpoint_signature", index: nil, object: nil))
    }

    @Test("finds an entry deleted, inserted, reordered, or moved, though all was signed again")
    func moves() async throws {
        let target = scene.target
        var entries = scene.script.entries
        entries.remove(at: target)
        let broken = try #require(
            scene.script.decoded.indices.first { index in
                scene.script.decoded[index].previous.map { $0.index >= UInt64(target) } ?? false
            })
        let isOwn = scene.script.decoded[broken].object == scene.script.decoded[target].object
        try await expect(
            scene.log(entries),
            Expectation(
                code: isOwn ? "sequence_gap" : "chain_break", index: UInt64(broken - 1), object: scene.object(broken)))
        entries = scene.script.entries
        entries.append(entries[target])
        let last = UInt64(entries.count - 1)
        let twice = try await scene.audit(scene.log(entries))
        #expect(
            twice.findings.contains {
                $0.code == .duplicateEvent && $0.index == last && $0.object == scene.object(target)
            })
        #expect(twice.findings.first?.index == last)
        entries = scene.script.entries
        entries.swapAt(target, target + 1)
        try await expect(
            scene.log(entries),
            Expectation(code: "time_regression", index: UInt64(target + 1), object: scene.object(target)))
        var moved = scene.script.decoded[target]
        moved.object = LogScript.object(AuditorScene.objectCount + 1)
        entries = scene.script.entries
        entries[target] = try moved.encoded()
        try await expect(
            scene.log(entries),
            Expectation(code: "sequence_gap", index: UInt64(target), object: moved.object.bytes))
    }

    @Test("tells a cut tail, an old checkpoint and a fork by the anchor, and nothing without one")
    func anchors() async throws {
        let honest = try scene.log()
        let anchor = try honest.checkpoint()
        let cut = try scene.log(Array(scene.script.entries.dropLast(1000)))
        try await expect(
            cut, anchors: [anchor],
            Expectation(code: "truncated", index: UInt64(scene.script.entries.count - 1000), object: nil))
        var old = honest
        // Publishing leaves the narrower tiles of older checkpoints where they are.
        old.files.merge(try scene.log(Array(scene.script.entries.prefix(2560))).files) { $1 }
        try await expect(
            old, anchors: [anchor], Expectation(code: "checkpoint_rollback", index: 2560, object: nil))
        let other = try AuditorScene(eventCount: 600, objectCount: 50)
        let rewritten = try ForgedLog(entries: other.script.entries, key: scene.logKey)
        let early = try scene.log(Array(scene.script.entries.prefix(500))).checkpoint()
        try await expect(rewritten, anchors: [early], Expectation(code: "fork", index: 0, object: nil))
        for log in [cut, old, rewritten] {
            let report = try await scene.audit(log)
            #expect(report.verdict == .undecided)
            #expect(report.code == "unanchored")
        }
    }

    @Test("finds a revoked key, a sequence used twice, a clock gone back and a signature by nobody")
    func forgeries() async throws {
        let object = LogScript.object(3)
        var revoked = scene.script
        try revoked.append(
            .log,
            .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .revoked, key: scene.actorKey.verificationKey)))
        try revoked.append(object, LogScript.inspection(1), signer: scene.actorKey)
        let last = UInt64(revoked.entries.count - 1)
        try await expect(
            scene.log(revoked.entries), Expectation(code: "key_revoked", index: last, object: object.bytes))
        var twice = scene.script
        try twice.append(object, LogScript.inspection(2), sequence: twice.chains[object]?.sequence)
        try await expect(
            scene.log(twice.entries),
            Expectation(code: "duplicate_event", index: UInt64(scene.script.entries.count), object: object.bytes))
        var late = scene.script
        late.timeMilliseconds -= 5
        try late.append(object, LogScript.inspection(3))
        try await expect(
            scene.log(late.entries),
            Expectation(code: "time_regression", index: UInt64(scene.script.entries.count), object: object.bytes))
        var forged = scene.script
        try forged.append(object, LogScript.inspection(4), signer: scene.actorKey)
        var entry = try #require(forged.decoded.last)
        entry.commitments = [.emptyRoot]
        let entries = scene.script.entries + [try entry.encoded()]
        try await expect(
            scene.log(entries),
            Expectation(code: "actor_signature", index: UInt64(scene.script.entries.count), object: object.bytes))
    }

    @Test("finds an object's newest event hidden, by the heads entry")
    func hidden() async throws {
        let (object, other) = (LogScript.object(3), LogScript.object(4))
        var honest = scene.script
        try honest.append(object, LogScript.inspection(1))
        var hiding = scene.script
        try hiding.append(other, LogScript.inspection(1))
        try hiding.append(.log, .heads(honest.heads()))
        try await expect(
            scene.log(hiding.entries),
            Expectation(code: "heads_mismatch", index: UInt64(hiding.entries.count - 1), object: []))
    }

    @Test("misses no opening without an erasure, and takes none that opens nothing")
    func openings() async throws {
        let log = try scene.log()
        var options = try scene.options(anchors: [log.checkpoint()])
        options.openings = scene.openings
        #expect(try await Auditor(source: log, options: options).audit().report.verdict == .intact)
        options.openings = OpeningIndex()
        let report = try await Auditor(source: log, options: options).audit().report
        #expect(report.code == "opening_missing")
        #expect(report.findings.map(\.index) == scene.opened.map { $0 })
        var erased = scene.script
        for index in scene.opened {
            let entry = scene.script.decoded[Int(index)]
            try erased.append(
                entry.object,
                .erased(Erasure(index: index, commitments: entry.commitments, reason: "asked by the person")))
        }
        let after = try scene.log(erased.entries)
        options.anchors = [try after.checkpoint()]
        #expect(try await Auditor(source: after, options: options).audit().report.verdict == .intact)
        options.openings?.add(try Opening(salt: [UInt8](repeating: 9, count: 16), name: "a", value: "b"), index: 77)
        let strange = try await Auditor(source: after, options: options).audit().report
        #expect(strange.code == "opening_mismatch")
        #expect(strange.findings.first?.index == 77)
    }

    @Test("finds a tile of another tree, a stale partial tile and a bundle that is gone")
    func files() async throws {
        let honest = try scene.log()
        var log = honest
        let other = try AuditorScene(eventCount: 600, objectCount: 50).log()
        log.files["tile/0/001"] = other.files["tile/0/001"]
        try await expect(log, Expectation(code: "tile_mismatch", index: 256, object: scene.object(256)))
        log = honest
        let partial = try #require(log.files.keys.first { $0.hasPrefix("tile/0/") && $0.contains(".p/") })
        let count = scene.script.entries.count
        log.files[partial]?.removeLast(32)
        try await expect(
            log, Expectation(code: "tile_mismatch", index: UInt64(count - 1), object: scene.object(count - 1)))
        log = honest
        log.files["tile/entries/007"] = nil
        let report = try await scene.audit(log)
        #expect(report.verdict == .tampered)
        #expect(report.code == "truncated")
        #expect(report.findings.first?.index == 7 * 256)
    }

    @Test("lets no flipped byte of a small log pass as intact, nor one in 61 of a log with full tiles")
    func mutations() async throws {
        for (eventCount, stride) in [(40, 1), (300, 61)] {
            let small = try AuditorScene(eventCount: eventCount, objectCount: 9)
            let honest = try small.log()
            var options = try small.options(anchors: [honest.checkpoint()])
            options.signatures = .none
            let flips = try await ByteFlips(honest, options: options)
            #expect(flips.files.count == honest.files.count, "every file is read")
            let tally = try await flips.audit(stride: stride)
            #expect(tally.intact.isEmpty && tally.codes["ok"] == nil)
            print("mutations of a log of \(eventCount) events: \(tally.copyCount), \(tally.codes)")
        }
    }
}
