import LogForge
import Signing
import Testing

@testable import TraceLog

@Suite("A witness's answer")
struct CosignatureAnswerTests {
    private let scene: WitnessScene
    private let period = CosignaturePeriod(now: WitnessScene.now)

    init() throws { scene = try WitnessScene() }

    private func lines(_ size: Int, name: String = "w.example", key: SigningKey? = nil, at time: UInt64) throws
        -> [UInt8]
    {
        let lines = try scene.note(size).cosignature(name: name, key: key ?? scene.witnessKey, at: time)
        return lines.flatMap { Array($0.line.utf8) }
    }

    @Test("counts with its key, its checkpoint and a time that is now, and with no other")
    func judged() throws {
        let note = try scene.note(5)
        let key = try scene.witnessNoteKey
        let now = WitnessScene.now
        let good = try lines(5, at: now)
        #expect(note.cosignature(inAnswer: good, by: key, in: period)?.time == now)
        #expect(note.cosignature(inAnswer: try lines(5, at: now + 60), by: key, in: period) != nil)
        let stranger = try SigningKey.generate(.ed25519)
        let wrong: [[UInt8]] = [
            [], Array("\n".utf8), Array("200 OK\n".utf8), try lines(8, at: now), try lines(5, at: now + 61),
            try lines(5, at: now - 86_401), try lines(5, name: "w2.example", at: now),
            try lines(5, key: stranger, at: now), try lines(5, at: .max), Array(good.dropLast()),
            // Another checkpoint's line beside the right one: the witness is broken, and is not believed.
            good + (try lines(8, at: now)), Array(String(repeating: "x", count: 1 << 20).utf8),
        ]
        for (number, answer) in wrong.enumerated() {
            #expect(note.cosignature(inAnswer: answer, by: key, in: period) == nil, "answer \(number)")
        }
        // Lines of other keys are ignored, and the newest line counts.
        let many = try lines(5, name: "other", key: stranger, at: now) + lines(5, at: now - 9) + good
        #expect(note.cosignature(inAnswer: many, by: key, in: period)?.time == now)
    }

    @Test("does not count with one bit changed in any byte")
    func bitFlips() throws {
        let note = try scene.note(5)
        let key = try scene.witnessNoteKey
        let good = try lines(5, at: WitnessScene.now)
        let line = try #require(note.cosignature(inAnswer: good, by: key, in: period)?.line)
        for index in good.indices {
            for bit in 0..<8 {
                var answer = good
                answer[index] ^= 1 << bit
                let found = note.cosignature(inAnswer: answer, by: key, in: period)
                #expect(found == nil || found?.line == line, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test("takes the place of the witness's earlier line, and of no other")
    func replacing() throws {
        let key = try scene.witnessNoteKey
        let stranger = try SigningKey.generate(.ed25519)
        var note = try scene.note(5)
        try note.cosign(name: "w.example", key: scene.witnessKey, at: WitnessScene.now - 100)
        try note.cosign(name: "other", key: stranger, at: WitnessScene.now)
        let newer = try #require(
            try note.cosignature(name: "w.example", key: scene.witnessKey, at: WitnessScene.now).first)
        let replaced = note.replacing(newer)
        #expect(replaced.signatures.count == 3 && replaced.cosignatureTimes(by: key) == [WitnessScene.now])
        #expect(replaced.isSigned(by: try scene.logNoteKey))
        let kept = replaced.keeping(signaturesOf: [try scene.logNoteKey])
        #expect(try kept == scene.note(5))
    }
}

@Suite("A witness's files")
struct WitnessFileTests {
    private let scene: WitnessScene

    init() throws { scene = try WitnessScene() }

    @Test("name the logs in C2SP's list, or one key a line")
    func list() throws {
        let first = try scene.logNoteKey.vkey
        let second = try NoteKey(name: "b.example", kind: .ed25519, key: scene.witnessKey.verificationKey).vkey
        let list = """
            # a list
            logs/v0

            vkey \(first)
            qpd 86400
            contact https://log.example/contact
              vkey \(second)
            origin something else
            \tqpd 24
            contact sysadmin (at) b.example
            """
        let logs = try LogList.read(Array(list.utf8))
        #expect(logs.map(\.origin) == [WitnessScene.origin, "something else"])
        #expect(try logs.first?.key == scene.logNoteKey)
        let plain = try LogList.read(Array("# keys\n\(first)\n\n \(second)\t\n".utf8))
        #expect(plain.map(\.origin) == [WitnessScene.origin, "b.example"] && plain.allSatisfy { $0.newest == nil })
        #expect(try LogList.read([]).isEmpty)
        let witness = try scene.witnessNoteKey.vkey
        for text in [
            "\(first)\n\(first)\n", witness, "logs/v0\nvkey \(witness)\n", "logs/v0\nqpd 1\n", "logs/v0\norigin a\n",
            "logs/v0\nvkey \(first)\nqpd 1\norigin x\n", "logs/v0\nvkey \(first)\nqpd 0\n", "logs/v1\n",
            "logs/v0\nvkey \(first)\nqpd 1\nqpd 1\n", "logs/v0\nvkey \(first)\nmail x\n", "logs/v0\n\(first)\n",
            "logs/v0\nvkey \(first)\nvkey \(first)\n", "logs/v0\nvkey\n", "x\u{0}\n",
        ] {
            #expect(throws: TraceLogError.self, "\(text)") { try LogList.read(Array(text.utf8)) }
        }
    }

    @Test("keep the newest cosigned checkpoint, and are refused with another log's or with a torn one")
    func state() throws {
        let note = try scene.note(5)
        let state = try WitnessState(origin: WitnessScene.origin, note: note)
        let read = try WitnessState(bytes: state.bytes)
        #expect(read == state && read.checkpoint?.size == 5)
        let begun = WitnessState(origin: WitnessScene.origin)
        #expect(try WitnessState(bytes: begun.bytes) == begun && begun.note == nil)
        #expect(throws: TraceLogError.self) { try WitnessState(origin: "other.example", note: note) }
        for count in 0..<state.bytes.count {
            let part = Array(state.bytes.prefix(count))
            let found = try? WitnessState(bytes: part)
            let isOfLog = try found?.note?.isSigned(by: scene.logNoteKey)
            #expect(found == nil || isOfLog == false, "\(count) bytes")
        }
        // SHA-256 of the origin, as `sha256sum` gives it.
        #expect(
            WitnessState.name(of: "code.suishen.example/log")
                == "229779e7e7872de6bceadcb3dd3c0ee22a520b6af63a5558842f59b81a6ebdb9")
    }

    @Test("of a policy keep the witnesses' URLs")
    func addresses() throws {
        let vkey = try scene.witnessNoteKey.vkey
        let policy = try WitnessPolicy(bytes: Array("witness w \(vkey) https://w.example/x\nquorum w\n".utf8))
        #expect(policy.addresses == [scene.witnessKey.verificationKey.raw: "https://w.example/x"])
        let bare = try WitnessPolicy(bytes: Array("witness w \(vkey)\nquorum w\n".utf8))
        #expect(bare.addresses.isEmpty)
    }
}
