import LogForge
import Signing
import Testing
import TraceLog

/// The rules of an object's chain, broken one at a time.
private enum BrokenRule: CaseIterable {
    case gap, repeatedSequence, otherPrevious, noPrevious, firstWithPrevious, clockBack

    /// Breaks the rule in the next entry of `object`, whose chain is not empty.
    func breakRule(of object: ObjectID, in script: inout LogScript) throws {
        guard let chain = script.chains[object] else { return }
        var entry = Entry(
            object: object, sequence: chain.sequence + 1, previous: chain.link,
            recordedAtMilliseconds: script.timeMilliseconds, actor: LogScript.actor, event: LogScript.inspection(1))
        switch self {
        case .gap: entry.sequence += 1
        case .repeatedSequence: entry.sequence -= 1
        case .otherPrevious: entry.previous = script.chains[LogScript.object(2)]?.link
        case .noPrevious: entry.previous = nil
        case .clockBack: entry.recordedAtMilliseconds = script.decoded[Int(chain.link.index)].recordedAtMilliseconds - 1
        case .firstWithPrevious:
            entry.object = LogScript.object(40)
            entry.sequence = 0
        }
        try script.append(entry)
    }
}

@Suite("A broken rule of an object's chain")
struct ChainRuleTests {
    @Test("is found by the audit of the object as by the audit of the whole log", arguments: BrokenRule.allCases)
    fileprivate func sameFinding(rule: BrokenRule) async throws {
        let key = try SigningKey.generate(.ed25519)
        var script = LogScript()
        for number in 0..<40 { try script.append(LogScript.object(number % 4), LogScript.inspection(number)) }
        let index = UInt64(script.entries.count)
        try rule.breakRule(of: LogScript.object(1), in: &script)
        let object = script.decoded[Int(index)].object
        for number in 0..<3 { try script.append(object, LogScript.inspection(number)) }
        try script.appendHeads()
        let log = try ForgedLog(entries: script.entries, key: key)
        var options = AuditOptions()
        options.key = try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: key.verificationKey)
        options.anchors = [try log.checkpoint()]
        let whole = try await Auditor(source: log, options: options).audit().report
        let part = try await ObjectAudit(object: object, source: log, options: options).audit().report
        #expect(!part.isOfWholeLog)
        #expect(whole.verdict == .tampered && part.audit.verdict == .tampered)
        #expect(whole.findings.first?.index == index && part.audit.findings.first?.index == index)
        #expect(whole.code == part.audit.code)
        #expect(whole.findings.first?.object == object.bytes && part.audit.findings.first?.object == object.bytes)
    }
}
