import LogForge
import Signing
import Testing
import TraceLog

@Suite("An audit of one object")
struct ObjectAuditTests {
    private static let eventCount = 3000
    private static let objectCount = 50
    private let scene: AuditorScene
    /// The object's newest event lies in the tail, which other objects' events fill too.
    private let object = LogScript.object(3)
    /// An object without an event after the newest heads entry.
    private let quiet = LogScript.object(4)
    private let script: LogScript

    init() throws {
        scene = try AuditorScene(eventCount: Self.eventCount, objectCount: Self.objectCount)
        var script = scene.script
        try script.append(.log, .heads(script.heads()))
        for number in 0..<300 {
            try script.append(LogScript.object(5 + number % 20), LogScript.inspection(number))
            if number == 100 { try script.append(object, LogScript.inspection(7), signer: scene.actorKey) }
        }
        self.script = script
    }

    private func audit(
        _ object: ObjectID, _ log: ForgedLog, anchors: [Checkpoint]? = nil, readsWholeLog: Bool = false
    ) async throws -> ObjectReport {
        var options = try scene.options(anchors: anchors ?? [log.checkpoint()])
        options.auditedEntryCount = try log.checkpoint().size
        return try await ObjectAudit(
            object: object, source: log, options: options, readsWholeLog: readsWholeLog
        ).audit().report
    }

    private func history(_ object: ObjectID) -> [UInt64] {
        script.decoded.indices.filter { script.decoded[$0].object == object }.map(UInt64.init)
    }

    @Test("proves the history by heads entry, list, tail and chain, without reading the whole log")
    func proves() async throws {
        let log = try scene.log(script.entries)
        for object in [object, quiet] {
            let report = try await audit(object, log)
            #expect(report.audit.verdict == .intact)
            #expect(report.events.map(\.link.index) == history(object))
            #expect(
                report.completeness
                    == .heads(
                        headsIndex: UInt64(script.entries.count - 302), tailEntryCount: 301, isAudited: true))
            let whole = try await audit(object, log, readsWholeLog: true)
            #expect(whole.audit.verdict == .intact)
            #expect(whole.events.map(\.link) == report.events.map(\.link))
            #expect(whole.events.map(\.isSignatureValid) == report.events.map(\.isSignatureValid))
        }
        #expect(try await audit(object, log).events.last?.isSignatureValid == true)
        // Each of its entries lies in a bundle of its own here, so that a short history shows what is left unread.
        var late = script
        let fresh = LogScript.object(99)
        try late.append(fresh, LogScript.inspection(1))
        let report = try await audit(fresh, scene.log(late.entries))
        #expect(report.events.count == 1 && report.audit.verdict == .intact)
        #expect(report.entryReadCount < 1000)
    }

    @Test("proves an object absent by its neighbours in the list and by the tail")
    func absent() async throws {
        let log = try scene.log(script.entries)
        let sorted = script.chains.keys.sorted()
        for absent in (60..<70).map(LogScript.object) {
            let report = try await audit(absent, log)
            #expect(report.audit.verdict == .intact && report.events.isEmpty)
            let neighbours = try #require(report.neighbours)
            #expect(neighbours.before == sorted.last { $0 < absent })
            #expect(neighbours.after == sorted.first { absent < $0 })
        }
    }

    @Test("reads the whole log, and says why, where no list or no heads entry is there")
    func wholeLog() async throws {
        var log = try scene.log(script.entries)
        log.files = log.files.filter { !$0.key.hasPrefix("heads/") }
        let bare = try await audit(object, log)
        #expect(bare.audit.verdict == .intact)
        #expect(bare.events.map(\.link.index) == history(object))
        guard case .wholeLog(let reason) = bare.completeness else {
            Issue.record("not by the whole log")
            return
        }
        #expect(reason.contains("not published"))
        var plain = LogScript()
        for number in 0..<600 { try plain.append(LogScript.object(number % 9), LogScript.inspection(number)) }
        let report = try await audit(LogScript.object(3), scene.log(plain.entries))
        #expect(report.audit.verdict == .intact && report.events.count == 67)
    }

    private func expect(
        _ report: ObjectReport, _ code: AuditFinding.Code, index: UInt64? = nil,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(report.audit.verdict == .tampered, sourceLocation: location)
        #expect(report.audit.code == code.rawValue, sourceLocation: location)
        if let index { #expect(report.audit.findings.first?.index == index, sourceLocation: location) }
    }

    @Test("finds the newest event hidden: by a cut tail, by a chain that goes around it, by a list without it")
    func hidden() async throws {
        let honest = try scene.log(script.entries)
        let cut = try scene.log(Array(script.entries.dropLast(250)))
        expect(
            try await audit(object, cut, anchors: [honest.checkpoint()]), .truncated,
            index: UInt64(script.entries.count - 250))
        #expect(try await audit(object, cut, anchors: []).audit.code == "unanchored")
        // The heads entry vouches for an event that the object's next one does not follow.
        var forked = scene.script
        let before = try #require(forked.chains[quiet])
        try forked.append(quiet, LogScript.inspection(1))
        try forked.append(.log, .heads(forked.heads()))
        let headsIndex = UInt64(forked.entries.count - 1)
        var around = try Entry.decode(forked.entries[Int(headsIndex - 1)][...])
        around.recordedAtMilliseconds = forked.timeMilliseconds
        around.previous = before.link
        try forked.append(around)
        expect(try await audit(quiet, scene.log(forked.entries)), .headsMismatch, index: headsIndex)
        // A list that names an older entry is not the one that the heads entry states the root of.
        var lying = honest
        HeadsList.write(
            index: headsIndexOfScript,
            sortedHeads: scene.script.chains.sorted { $0.key < $1.key }.map { object, chain in
                object == quiet
                    ? ObjectHead(object: object, sequence: 0, link: chain.link)
                    : ObjectHead(object: object, sequence: chain.sequence, link: chain.link)
            }
        ) { lying.files[$0] = $1 }
        expect(try await audit(quiet, lying), .headsMismatch, index: headsIndexOfScript)
    }

    private var headsIndexOfScript: UInt64 { UInt64(script.entries.count - 302) }

    @Test("finds a forged heads entry by the whole log, which it does not trust")
    func forgedHeads() async throws {
        var honest = scene.script
        let before = honest.chains
        try honest.append(quiet, LogScript.inspection(1))
        // The log signs a list in which the object's newest event is not.
        let heads = before.sorted { $0.key < $1.key }.map {
            ObjectHead(object: $0.key, sequence: $0.value.sequence, link: $0.value.link)
        }
        let index = UInt64(honest.entries.count)
        try honest.append(.log, .heads(ObjectHead.statement(entryCount: index, sortedHeads: heads)))
        var log = try scene.log(honest.entries)
        HeadsList.write(index: index, sortedHeads: heads) { log.files[$0] = $1 }
        expect(try await audit(quiet, log, readsWholeLog: true), .headsMismatch, index: index)
        // As soon as the object moves again, its chain shows it too.
        try honest.append(quiet, LogScript.inspection(2))
        log = try scene.log(honest.entries)
        HeadsList.write(index: index, sortedHeads: heads) { log.files[$0] = $1 }
        expect(try await audit(quiet, log), .headsMismatch, index: index)
    }

    @Test("finds entries of the history changed, moved to another object, or signed with a revoked key")
    func history() async throws {
        let index = try #require(history(quiet).dropFirst(20).first)
        var log = try scene.log(script.entries)
        let path = TilePath(kind: .entries, index: index / 256).path
        var bytes = try #require(log.files[path])
        let end = try EntryBundle(bytes: bytes, width: 256).ranges[Int(index % 256)].upperBound
        bytes[end - 5] ^= 1
        log.files[path] = bytes
        expect(try await audit(quiet, log), .leafMismatch, index: index)
        var entries = script.entries
        var moved = script.decoded[Int(index)]
        moved.object = LogScript.object(77)
        entries[Int(index)] = try moved.encoded()
        // Its successor's link gives it away, though all above it was computed and signed anew.
        var rewritten = try scene.log(entries)
        rewritten.files = rewritten.files.filter { !$0.key.hasPrefix("heads/") }
        rewritten.files.merge(log.files.filter { $0.key.hasPrefix("heads/") }) { $1 }
        let next = try #require(history(quiet).first { $0 > index })
        expect(try await audit(quiet, rewritten), .chainBreak, index: next)
        var revoked = script
        try revoked.append(
            .log,
            .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .revoked, key: scene.actorKey.verificationKey)))
        try revoked.append(object, LogScript.inspection(1), signer: scene.actorKey)
        let last = UInt64(revoked.entries.count - 1)
        expect(try await audit(object, scene.log(revoked.entries)), .keyRevoked, index: last)
        try revoked.append(
            .log,
            .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .active, key: scene.actorKey.verificationKey)))
        try revoked.append(object, LogScript.inspection(1), signer: scene.actorKey)
        let report = try await audit(object, scene.log(revoked.entries))
        #expect(
            report.audit.findings.filter { $0.code == .keyRevoked }.map(\.index) == [last, last + 1, last + 2])
    }

    @Test("tells a fork and a foreign log by the anchor, through the tiles alone")
    func anchors() async throws {
        let log = try scene.log(script.entries)
        let early = try scene.log(Array(script.entries.prefix(700))).checkpoint()
        #expect(try await audit(object, log, anchors: [early]).audit.verdict == .intact)
        let other = try AuditorScene(eventCount: 700, objectCount: 50).log().checkpoint()
        expect(try await audit(object, log, anchors: [early, other]), .fork, index: 0)
        let foreign = Checkpoint(origin: "elsewhere", size: early.size, root: early.root)
        expect(try await audit(object, log, anchors: [foreign]), .fork)
    }

    @Test("never proves another history than the true one, whichever byte of the list behind it is flipped")
    func mutations() async throws {
        let small = try AuditorScene(eventCount: 40, objectCount: 9)
        var script = small.script
        try script.appendHeads()
        try script.append(LogScript.object(2), LogScript.inspection(1))
        let honest = try small.log(script.entries)
        var options = try small.options(anchors: [honest.checkpoint()])
        options.auditedEntryCount = try honest.checkpoint().size
        let truth = try await ObjectAudit(object: LogScript.object(4), source: honest, options: options).audit().report
        #expect(truth.audit.verdict == .intact && !truth.events.isEmpty)
        for (path, bytes) in honest.files where path.hasPrefix("heads/") {
            for position in bytes.indices {
                var log = honest
                log.files[path]?[position] ^= 1 << UInt8(position % 8)
                let report = try await ObjectAudit(
                    object: LogScript.object(4), source: log, options: options
                ).audit().report
                let isTrue = report.events.map(\.link) == truth.events.map(\.link)
                if report.audit.verdict == .intact, !isTrue { Issue.record("byte \(position) of \(path)") }
                let whole = try await Auditor(source: log, options: options).audit().report
                if whole.verdict == .intact { Issue.record("byte \(position) of \(path), whole log") }
            }
        }
    }

    @Test("answers hostile sizes with a verdict", arguments: [UInt64(1) << 40, 1 << 63, .max])
    func hostileSizes(size: UInt64) async throws {
        var log = try scene.log(Array(script.entries.prefix(300)))
        var note = SignedNote(text: Checkpoint(origin: ForgedLog.origin, size: size, root: .emptyRoot).text)
        try note.sign(name: ForgedLog.origin, key: scene.logKey)
        log.files["checkpoint"] = note.bytes
        for options in [try scene.options(), AuditOptions()] {
            let object = try await ObjectAudit(object: quiet, source: log, options: options).audit().report
            #expect(object.audit.verdict == .tampered)
            #expect(try await Auditor(source: log, options: options).audit().report.verdict == .tampered)
        }
    }
}
