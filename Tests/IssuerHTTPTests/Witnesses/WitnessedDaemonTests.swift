import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing
import TraceLog

@Suite("A daemon that asks witnesses", .serialized)
struct WitnessedDaemonTests {
    private let place: WitnessedDaemon

    init() throws { place = try WitnessedDaemon() }

    /// Appends events, and gives how long the slowest took in milliseconds.
    @discardableResult
    private func append(_ count: Int, pauseMilliseconds: UInt32 = 0) throws -> Int {
        let client = try IssuerClient(path: place.installation.state.socket)
        let object = try client.registerBridge()
        var slowest = 0
        for _ in 0..<count {
            let start = ContinuousClock.now
            _ = try client.ask(.appendEvent, ["object": .string(object), "step": "inspecting"])
            slowest = max(slowest, Int((ContinuousClock.now - start) / .milliseconds(1)))
            usleep(pauseMilliseconds * 1000)
        }
        return slowest
    }

    @Test("publishes each checkpoint with the cosignatures of its witnesses, which an auditor's policy takes")
    func cosigned() throws {
        let witnesses = try [
            WitnessProcess("one.example", of: place.log), WitnessProcess("two.example", of: place.log),
        ]
        try place.start(witnesses.map { ($0.key, $0.url) }, quorum: 2)
        try append(5)
        let client = try IssuerClient(path: place.installation.state.socket)
        let object = try client.registerBridge()
        // The newest checkpoint is looked at while new ones come all the time.
        var looks: [Bool] = []
        let end = ContinuousClock.now + .seconds(6)
        while ContinuousClock.now < end {
            _ = try client.ask(.appendEvent, ["object": .string(object), "step": "inspecting"])
            let note = try place.published()
            looks.append(witnesses.allSatisfy { note.isCosigned(by: $0.key) })
            usleep(20_000)
        }
        let share = Double(looks.count { $0 }) / Double(looks.count)
        #expect(share > 0.95, "\(share) of \(looks.count) looks found every cosignature")
        let audit = try place.audit()
        #expect(audit.status == 0 && audit.output.hasPrefix("intact"), "\(audit.output)")
        let printed = try Program("suishen").run(["log", "witness-policy", "--state", place.installation.state.path])
        let lines = printed.output.split(separator: "\n")
        #expect(lines.contains("witness w0 \(witnesses[0].key.vkey)") && !printed.output.contains("http"))
        try place.installation.folder.write(Array(printed.output.utf8), to: "policy-of-auditor")
        let byPrinted = try Program("chain-verify").run([
            "audit", place.installation.state.log, "--witness-policy", place.installation.folder("policy-of-auditor"),
        ])
        #expect(byPrinted.status == 0, "\(byPrinted)")
        #expect(place.end(SIGTERM) == 0)
        // The last checkpoint, which the stop has made, is cosigned too.
        #expect(try place.audit().status == 0)
        let size = try Checkpoint(text: place.published().text).size
        for witness in witnesses { #expect(try witness.newest(of: place.log)?.size == size) }
    }

    @Test("goes on without a witness that is down, and takes it in again with what it missed")
    func down() throws {
        let witnesses = try [
            WitnessProcess("one.example", of: place.log), WitnessProcess("two.example", of: place.log),
        ]
        witnesses[1].end(SIGKILL)
        try place.start(witnesses.map { ($0.key, $0.url) }, quorum: 2)
        let slowest = try append(40, pauseMilliseconds: 50)
        #expect(slowest < 1000, "an append took \(slowest) ms")
        let note = try place.checkpoint { note, found in found.size >= 40 && note.isCosigned(by: witnesses[0].key) }
        #expect(!note.isCosigned(by: witnesses[1].key))
        let audit = try place.audit()
        #expect(audit.status == 2 && audit.output.contains("witness two.example: has not cosigned"), "\(audit.output)")
        try place.waitForError("unreachable", of: "two.example")
        try witnesses[1].start()
        // It rests for up to a minute after failures.
        _ = try place.checkpoint { note, _ in note.isCosigned(by: witnesses[1].key) }
        try place.waitForError(nil, of: "two.example")
        #expect(try place.audit().status == 0)
        #expect(place.end(SIGTERM) == 0)
        let said = try place.diagnostics()
        let log = place.log.name
        #expect(said.contains("suishend: the witness two.example does not cosign \(log) [unreachable]\n"), "\(said)")
        #expect(said.contains("suishend: the witness two.example cosigns \(log) again\n"), "\(said)")
    }

    @Test("believes no witness that lies, waits for none that is slow, and says what each one does")
    func lies() throws {
        let honest = try WitnessProcess("honest.example", of: place.log)
        let other = try WitnessProcess("other.example", of: place.log)
        let liar = try LyingWitness(before: other, .flipped)
        try place.start([(honest.key, honest.url), (other.key, liar.url)], quorum: 1)
        let errors: [(LyingWitness.Way, String)] = [
            (.flipped, "cosignature_invalid"), (.garbage, "cosignature_invalid"), (.huge, "too_large"),
            (.redirect, "witness_redirected"), (.ahead, "witness_ahead"), (.stubborn, "witness_proof_refused"),
            (.unknown, "witness_log_unknown"), (.forbidden, "witness_key_refused"),
            (.unprocessable, "witness_proof_refused"), (.broken, "witness_failed"), (.drip, "timed_out"),
            (.silent, "timed_out"),
        ]
        for (way, code) in errors {
            try liar.change(to: way)
            try honest.end(SIGTERM) == 0 ? honest.start() : ()
            // Each way has a daemon of its own, which has not yet learnt to ask the liar rarely.
            #expect(place.end(SIGTERM) == 0)
            try place.start([(honest.key, honest.url), (other.key, liar.url)], quorum: 1)
            let slowest = try append(10)
            #expect(slowest < 1000, "\(way): an append took \(slowest) ms")
            try place.waitForError(code, of: "other.example")
            let size = try Checkpoint(text: place.published().text).size
            try append(1)
            let note = try place.checkpoint { note, found in found.size > size && note.isCosigned(by: honest.key) }
            #expect(!note.isCosigned(by: other.key), "\(way)")
            let audit = try place.audit()
            #expect(
                audit.status == 0 && audit.output.contains("other.example: has not cosigned"), "\(way): \(audit.output)"
            )
        }
        #expect(place.end(SIGTERM) == 0)
    }

    @Test("takes no cosignature of an earlier checkpoint for a later one")
    func replayed() throws {
        let witness = try WitnessProcess("w.example", of: place.log)
        let liar = try LyingWitness(before: witness, .replayed)
        try place.start([(witness.key, liar.url)], quorum: 1)
        _ = try place.checkpoint { note, found in found.size == 0 && note.isCosigned(by: witness.key) }
        try append(3)
        try place.waitForError("cosignature_invalid", of: "w.example")
        let note = try place.checkpoint { _, found in found.size >= 3 }
        #expect(note.signatures.count == 1)
        #expect(try place.audit().status == 2)
        try liar.change(to: nil)
        _ = try place.checkpoint { note, found in found.size >= 3 && note.isCosigned(by: witness.key) }
        #expect(place.end(SIGTERM) == 0)
    }

    @Test("loses nothing when it is killed while a witness has its checkpoint and nobody else has")
    func killed() throws {
        let witness = try WitnessProcess("w.example", of: place.log)
        try place.start([(witness.key, witness.url)], quorum: 1)
        for round in 0..<6 {
            try append(4, pauseMilliseconds: UInt32.random(in: 0...60))
            usleep(UInt32.random(in: 0...900_000))
            _ = place.end(SIGKILL)
            let published = try Checkpoint(text: place.published().text).size
            let cosigned = try witness.newest(of: place.log)?.size ?? 0
            try place.start([(witness.key, witness.url)], quorum: 1)
            _ = try place.checkpoint { note, found in
                found.size >= max(published, cosigned) && note.isCosigned(by: witness.key)
            }
            try place.waitForError(nil, of: "w.example")
            #expect(round >= 0)
        }
        #expect(place.end(SIGTERM) == 0)
        #expect(try place.audit().status == 0)
    }

    @Test("refuses witnesses that it cannot ask, each with one clear error")
    func settings() throws {
        let key = try NoteKey(
            name: "w", kind: .cosignature, key: SigningKey.generate(.ed25519).verificationKey)
        let own = try NoteKey(name: "own", kind: .cosignature, key: place.log.key)
        for (witnesses, word) in [
            ([(key, "")], "names no witness with a URL"), ([(key, "ftp://w")], "is neither http(s)"),
            ([(own, "http://127.0.0.1:1")], "the log's own key"),
        ] as [([(key: NoteKey, url: String)], String)] {
            try place.write(witnesses, quorum: 1)
            for words in [[], ["--check-config"]] {
                let outcome = try HTTPDaemon.run(
                    ["\(HTTPDaemon.binaries)/suishend", "--state", place.installation.state.path] + words)
                #expect(outcome.status != 0 && outcome.output.contains(word), "\(outcome.output)")
                #expect(outcome.output.contains("[witnesses_invalid]"))
            }
        }
    }
}
