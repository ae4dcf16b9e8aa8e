import Encoding
import LogForge
import Signing
import Testing
import TraceLog

@Suite("An audit of one object, of a log that hides what happened,")
struct HiddenEventTests {
    private let scene: AuditorScene
    private let object = LogScript.object(3)

    init() throws {
        scene = try AuditorScene(eventCount: 700, objectCount: 9)
    }

    private func audit(
        _ script: LogScript, _ object: ObjectID, lists: [UInt64: [ObjectHead]] = [:],
        change: (inout AuditOptions) -> Void = { _ in }
    ) async throws -> ObjectReport {
        var log = try scene.log(script.entries)
        for (index, heads) in lists { HeadsList.write(index: index, sortedHeads: heads) { log.files[$0] = $1 } }
        var options = try scene.options(anchors: [log.checkpoint()])
        options.auditedEntryCount = try log.checkpoint().size
        change(&options)
        return try await ObjectAudit(object: object, source: log, options: options).audit().report
    }

    private func heads(_ script: LogScript) -> [ObjectHead] {
        script.chains.sorted { $0.key < $1.key }.map {
            ObjectHead(object: $0.key, sequence: $0.value.sequence, link: $0.value.link)
        }
    }

    /// A heads entry and its list as they were in `older`.
    private func appendHeads(_ older: LogScript, to script: inout LogScript) throws -> [UInt64: [ObjectHead]] {
        let index = UInt64(script.entries.count)
        let heads = heads(older)
        try script.append(.log, .heads(ObjectHead.statement(entryCount: index, sortedHeads: heads)))
        return [index: heads]
    }

    @Test("finds it where it lies in a bundle that was read, though the heads entry and its list leave it out")
    func nearby() async throws {
        var script = scene.script
        let older = script
        try script.append(object, LogScript.inspection(1))
        let lists = try appendHeads(older, to: &script)
        let last = UInt64(script.entries.count - 1)
        let report = try await audit(script, object, lists: lists)
        #expect(report.audit.code == "heads_mismatch" && report.audit.findings.map(\.index) == [last])
        // An object that the list says is absent.
        var fresh = scene.script
        try fresh.append(LogScript.object(77), LogScript.inspection(1))
        let without = try appendHeads(older, to: &fresh)
        #expect(try await audit(fresh, LogScript.object(77), lists: without).audit.code == "heads_mismatch")
        // Another object's history is what it is.
        #expect(try await audit(script, LogScript.object(4), lists: lists).audit.verdict == .intact)
    }

    @Test("finds an event beside the chain in a bundle on the chain's way")
    func beside() async throws {
        var script = scene.script
        let chain = script.chains[object]
        try script.append(object, LogScript.inspection(1))
        var beside = try #require(script.decoded.last)
        beside.event = LogScript.inspection(2)
        beside.recordedAtMilliseconds += 1
        try script.append(beside)
        #expect(chain?.sequence == beside.sequence - 1)
        let index = UInt64(script.entries.count - 2)
        for number in 0..<600 { try script.append(LogScript.object(4), LogScript.inspection(number)) }
        try script.appendHeads()
        let report = try await audit(script, object)
        #expect(report.audit.code == "duplicate_event" && report.audit.findings.map(\.index) == [index])
    }

    @Test("finds a revocation that the log's own chain goes around")
    func revocation() async throws {
        var script = scene.script
        try script.appendHeads()
        let chain = try #require(script.chains[.log])
        let key = scene.actorKey.verificationKey
        try script.append(.log, .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .revoked, key: key)))
        let revocation = UInt64(script.entries.count - 1)
        try script.append(
            Entry(
                object: .log, sequence: chain.sequence + 1, previous: chain.link,
                recordedAtMilliseconds: script.timeMilliseconds, actor: "",
                event: .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .active, key: key))))
        try script.append(object, LogScript.inspection(1), signer: scene.actorKey)
        let report = try await audit(script, object)
        #expect(report.audit.verdict == .tampered)
        #expect(report.audit.findings.map(\.index) == [revocation] && report.audit.code == "duplicate_event")
        // The log's record in the heads list is held to its chain as every other is.
        var listed = scene.script
        try listed.append(.log, .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .revoked, key: key)))
        let lists = try appendHeads(scene.script, to: &listed)
        try listed.append(object, LogScript.inspection(1), signer: scene.actorKey)
        #expect(try await audit(listed, object, lists: lists).audit.code == "heads_mismatch")
    }

    @Test("is undecided until an audit has checked the heads entry that the history rests on, which may hide an event")
    func elsewhere() async throws {
        var script = scene.script
        // The bundle of the hidden event has no older event of the object, which would bring an audit there.
        for number in 0..<256 { try script.append(LogScript.object(4), LogScript.inspection(number)) }
        let older = script
        try script.append(object, LogScript.inspection(1))
        for number in 0..<600 { try script.append(LogScript.object(4), LogScript.inspection(number)) }
        var behind = script
        for (chain, head) in older.chains where chain == object {
            #expect(head.link.index < UInt64(script.entries.count - 600))
        }
        var heads = heads(script)
        let place = try #require(heads.firstIndex { $0.object == object })
        heads[place] = try #require(self.heads(older).first { $0.object == object })
        let index = UInt64(script.entries.count)
        try behind.append(.log, .heads(ObjectHead.statement(entryCount: index, sortedHeads: heads)))
        for (count, isAudited) in [(index, false), (index + 1, true)] {
            let report = try await audit(behind, object, lists: [index: heads]) { $0.auditedEntryCount = count }
            #expect(report.completeness == .heads(headsIndex: index, tailEntryCount: 0, isAudited: isAudited))
            let said = report.json(elapsedMilliseconds: 0)["completeness"]?["headsEntryAudited"]
            #expect(said == .bool(isAudited))
            #expect(report.audit.verdict == (isAudited ? .intact : .undecided))
            #expect(report.audit.findings.map(\.code) == (isAudited ? [] : [.headsUnaudited]))
        }
        let log = try scene.log(behind.entries)
        let whole = try await scene.audit(log, anchors: [log.checkpoint()])
        #expect(whole.code == "heads_mismatch" && whole.findings.first?.index == index)
    }

    @Test("finds what is the log's own to say in an object's chain, and takes no heads entry from there")
    func misplaced() async throws {
        let key = scene.actorKey.verificationKey
        let change = LogEvent.keyStatus(KeyStatusChange(actor: LogScript.actor, status: .revoked, key: key))
        for (event, code) in [(change, "actor_signature"), (.heads(scene.script.heads()), "heads_mismatch")] {
            var script = scene.script
            try script.append(object, event)
            let index = UInt64(script.entries.count - 1)
            // In the newest heads entry's tail, and listed by it.
            var tail = scene.script
            try tail.appendHeads()
            if code == "actor_signature" {
                try tail.append(object, event)
            } else {
                try tail.append(object, .heads(tail.heads()))
            }
            try script.appendHeads()
            for (log, place) in [(script, index), (tail, index + 1)] {
                let report = try await audit(log, object)
                #expect(report.audit.code == code && report.audit.findings.map(\.index) == [place])
                #expect(!report.isOfWholeLog)
                let whole = try await scene.audit(scene.log(log.entries))
                #expect(whole.code == code && whole.findings.first?.index == place)
            }
            #expect(try await audit(script, LogScript.object(4)).audit.verdict == .intact)
        }
    }

    @Test("reads the whole log where a chain is longer than it follows, and the history is the same")
    func longChain() async throws {
        var script = scene.script
        try script.appendHeads()
        let log = try scene.log(script.entries)
        var options = try scene.options(anchors: [log.checkpoint()])
        options.auditedEntryCount = try log.checkpoint().size
        let length = UInt64(script.decoded.count { $0.object == object })
        var histories: [[EntryLink]] = []
        for (longest, isFollowed) in [(length, true), (length - 1, false), (0, false)] {
            let report = try await ObjectAudit(
                object: object, source: log, options: options, chainLengthMax: longest
            ).audit().report
            #expect(report.audit.verdict == .intact && report.isOfWholeLog != isFollowed)
            histories.append(report.events.map(\.link))
        }
        #expect(histories.allSatisfy { $0.count == Int(length) && $0 == histories[0] })
    }

    @Test("takes an erasure for what it is of its own entries alone, with openings and without")
    func erasures() async throws {
        var script = scene.script
        let opening = try Opening(salt: [UInt8](repeating: 3, count: 16), name: "phone", value: "1")
        let index = UInt64(script.entries.count)
        try script.append(object, LogScript.inspection(1), commitments: [opening.commitment])
        let erasure = LogEvent.erased(Erasure(index: index, commitments: [opening.commitment], reason: "asked"))
        var foreign = script
        try script.append(object, erasure)
        try script.appendHeads()
        try foreign.append(LogScript.object(4), erasure)
        try foreign.appendHeads()
        for openings in [nil, OpeningIndex()] {
            let change = { (options: inout AuditOptions) in options.openings = openings }
            #expect(try await audit(script, object, change: change).audit.verdict == .intact)
            let other = try await audit(foreign, LogScript.object(4), change: change)
            #expect(other.audit.code == "opening_mismatch" && other.audit.findings.map(\.index) == [index + 1])
        }
        let lost = try await audit(foreign, object) { $0.openings = OpeningIndex() }
        #expect(lost.audit.code == "opening_missing" && lost.audit.findings.map(\.index) == [index])
    }
}
