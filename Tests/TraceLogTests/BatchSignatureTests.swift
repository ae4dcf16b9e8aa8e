import LogForge
import Signing
import Testing
import TraceLog

@Suite("An audit of a batch of entries under one signature")
struct BatchSignatureTests {
    private let (logKey, mine, theirs): (SigningKey, SigningKey, SigningKey)
    private let victim = "91310000MA1FL0001X"
    private let object = LogScript.object(1)

    init() throws {
        (logKey, mine, theirs) = (try .generate(.ed25519), try .generate(.ed25519), try .generate(.ed25519))
    }

    /// A log that names two actors' keys and goes on with a batch, each entry in its actor's name.
    private func log(_ actors: [(name: String, key: SigningKey)], signer: SigningKey) throws -> ForgedLog {
        var script = LogScript()
        for (actor, key) in [(LogScript.actor, mine), (victim, theirs)] {
            try script.append(
                .log, .keyStatus(KeyStatusChange(actor: actor, status: .active, key: key.verificationKey)))
        }
        // An entry can follow none that is not signed yet, so each begins a chain, the last the watched object's.
        let batch = actors.enumerated().map { number, actor in
            Entry(
                object: number == actors.count - 1 ? object : LogScript.object(2 + number), sequence: 0, previous: nil,
                recordedAtMilliseconds: script.timeMilliseconds, actor: actor.name,
                keyIdentifier: KeyStatusChange.keyIdentifier(of: actor.key.verificationKey),
                event: LogScript.inspection(number), commitments: [])
        }
        for (var entry, signature) in zip(batch, try ActorSignature.signBatch(batch, by: signer)) {
            entry.signature = signature
            try script.append(entry)
        }
        return try ForgedLog(entries: script.entries, key: logKey)
    }

    private func options(_ log: ForgedLog) throws -> AuditOptions {
        var options = AuditOptions()
        options.key = try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: logKey.verificationKey)
        options.anchors = [try log.checkpoint()]
        return options
    }

    @Test("takes no entry in another actor's name for one of the signer's own")
    func stranger() async throws {
        for (second, index) in [((LogScript.actor, mine), nil as UInt64?), ((victim, theirs), 3)] {
            let log = try log([(LogScript.actor, mine), second], signer: mine)
            let report = try await Auditor(source: log, options: options(log)).audit().report
            #expect(report.code == (index == nil ? "ok" : "actor_signature"))
            #expect(report.findings.compactMap(\.index) == (index.map { [$0] } ?? []))
        }
    }

    @Test("calls no signature of a forged batch valid, though one finding speaks for all of it")
    func forged() async throws {
        for (signer, isValid) in [(mine, true as Bool?), (theirs, nil)] {
            let log = try log([(LogScript.actor, mine), (LogScript.actor, mine)], signer: signer)
            let report = try await ObjectAudit(
                object: object, source: log, options: options(log), readsWholeLog: true
            ).audit().report
            #expect(report.audit.findings.map(\.index) == (isValid == true ? [] : [2]))
            #expect(report.events.map(\.isSignatureValid) == [isValid])
        }
    }
}
