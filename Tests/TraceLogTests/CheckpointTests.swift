import Signing
import Testing

@testable import TraceLog

@Suite("A checkpoint")
struct CheckpointTests {
    private static let origin = "log.example/suishen"

    private static func note() throws -> (note: SignedNote, log: SigningKey, witness: SigningKey) {
        let log = try SigningKey(seed: [UInt8](repeating: 7, count: 32), algorithm: .ed25519)
        let witness = try SigningKey(seed: [UInt8](repeating: 9, count: 32), algorithm: .ed25519)
        var note = SignedNote(text: Checkpoint(origin: origin, size: 42, root: .emptyRoot).text)
        try note.sign(name: origin, key: log)
        try note.cosign(name: "witness.example", key: witness, at: 1_700_000_000)
        return (note, log, witness)
    }

    @Test("of no entries has the one root that there is of none")
    func empty() throws {
        let text = Checkpoint(origin: Self.origin, size: 0, root: .emptyRoot).text
        #expect(try Checkpoint(text: text).size == 0)
        let other = Checkpoint(
            origin: Self.origin, size: 0, root: try #require(MerkleHash([UInt8](repeating: 1, count: 32))))
        let error = #expect(throws: TraceLogError.self) { try Checkpoint(text: other.text) }
        #expect(error?.code == .malformedCheckpoint)
    }

    @Test("is of no log whose length cannot be added to", arguments: [UInt64(Int64.max), 1 << 63, .max])
    func size(size: UInt64) throws {
        let text = Checkpoint(origin: Self.origin, size: size, root: .emptyRoot).text
        let read = try? Checkpoint(text: text)
        #expect((read?.size == size) == (size <= Int64.max))
    }

    @Test("comes back from its note, with the log's and the witness's word")
    func roundTrip() throws {
        let (note, log, witness) = try Self.note()
        let read = try SignedNote(bytes: note.bytes)
        #expect(read == note)
        #expect(try Checkpoint(text: read.text) == Checkpoint(origin: Self.origin, size: 42, root: .emptyRoot))
        let logKey = try NoteKey(name: Self.origin, kind: .ed25519, key: log.verificationKey)
        #expect(read.isSigned(by: try NoteKey(vkey: logKey.vkey)))
        let witnessKey = try NoteKey(name: "witness.example", kind: .cosignature, key: witness.verificationKey)
        #expect(read.cosignatureTimes(by: try NoteKey(vkey: witnessKey.vkey)) == [1_700_000_000])
        let stranger = try NoteKey(name: Self.origin, kind: .ed25519, key: witness.verificationKey)
        #expect(!read.isSigned(by: stranger))
    }

    @Test("is not the log's any more after one bit changed in any byte")
    func bitFlips() throws {
        let (note, log, witness) = try Self.note()
        let logKey = try NoteKey(name: Self.origin, kind: .ed25519, key: log.verificationKey)
        let witnessKey = try NoteKey(name: "witness.example", kind: .cosignature, key: witness.verificationKey)
        for index in note.bytes.indices {
            var bytes = note.bytes
            bytes[index] ^= 1
            guard let read = try? SignedNote(bytes: bytes) else { continue }
            let isWhole = read.isSigned(by: logKey) && read.cosignatureTimes(by: witnessKey) == [1_700_000_000]
            #expect(!isWhole, "byte \(index)")
        }
    }

    @Test(
        "is refused in any form but its own",
        arguments: [
            "o\n05\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "o\n5\n47DEQpj8HBSa\n", "o\n5\n",
            "o\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "o\n+5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        ])
    func refused(text: String) {
        #expect(throws: TraceLogError.self) { try Checkpoint(text: text) }
    }

    @Test("key that says another hash, type or length is refused")
    func keys() throws {
        let key = try SigningKey(seed: [UInt8](repeating: 7, count: 32), algorithm: .ed25519).verificationKey
        let good = try NoteKey(name: "a", kind: .ed25519, key: key).vkey
        #expect(try NoteKey(vkey: good).vkey == good)
        for bad in ["b" + good.dropFirst(), String(good.dropLast(4)), "a+00000000", "", "a b+1+AQ=="] {
            #expect(throws: TraceLogError.self) { try NoteKey(vkey: bad) }
        }
    }
}
