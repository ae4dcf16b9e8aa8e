import LogForge
import Signing
import Testing
import TraceLog

@Suite("An auditor, of a tampered copy of a log of 10,000 events over 500 objects,")
struct AuditorTamperingTests {
    private struct Copy: AuditSource {
        let log: ForgedLog
        let tampered: TamperedLog

        func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
            if let change = tampered.changes[path] { return change }
            return tampered.isWhole ? nil : log.files[path]
        }
    }

    /// The log and what is known of it outside: made once, since every case begins with it.
    private static let honest = Result {
        let scene = try AuditorScene.shared.get()
        let log = try scene.log()
        return (scene: scene, log: log, tamperer: try Tamperer(source: log, key: scene.logKey))
    }

    @Test("finds what was done, where it begins and which object it concerns", arguments: Tampering.allCases)
    func finds(way: Tampering) async throws {
        let (scene, log, tamperer) = try Self.honest.get()
        let copy = Copy(log: log, tampered: try tamperer.tampered(way))
        var options = try scene.options(anchors: [log.checkpoint()])
        // Openings are a source from outside too, and would tell of moved and missing entries by themselves.
        if way.needsOpenings { options.openings = scene.openings }
        let report = try await Auditor(source: copy, options: options).audit().report
        let expected = copy.tampered.expected
        #expect(report.verdict == .tampered)
        #expect(report.code == expected.code)
        #expect(report.findings.first?.index == expected.index)
        #expect(report.findings.first?.object == expected.object)
        options.anchors = []
        let alone = try await Auditor(source: copy, options: options).audit().report
        #expect(alone.verdict == (way.agreesWithItself ? .undecided : .tampered))
        #expect(alone.findings.contains { $0.code == .unanchored } || alone.code == "checkpoint_signature")
        guard way.agreesWithItself else { return }
        // A witness that cosigned the honest log does not cosign this one.
        let witness = try SigningKey.generate(.ed25519)
        let name = "witness.example"
        options.policy = WitnessPolicy(
            witnesses: [try NoteKey(name: name, kind: .cosignature, key: witness.verificationKey)], quorum: 1)
        #expect(try await Auditor(source: copy, options: options).audit().report.verdict == .undecided)
        var transplanted = try SignedNote(bytes: try #require(try copy.read("checkpoint", byteCountMax: 1 << 16)))
        var cosigned = SignedNote(text: try log.checkpoint().text)
        try cosigned.cosign(name: name, key: witness, at: 1_700_000_000)
        transplanted.add(try #require(cosigned.signatures.first))
        var forged = copy.tampered
        forged.changes["checkpoint"] = transplanted.bytes
        let cheated = try await Auditor(source: Copy(log: log, tampered: forged), options: options).audit().report
        #expect(cheated.code == "checkpoint_signature" && cheated.verdict == .tampered)
    }
}
