import Encoding
import LogForge
import Signing
import Testing

@testable import TraceLog

/// One witness, the log that it knows, and requests made from the log's real tiles.
struct WitnessScene {
    static let origin = ForgedLog.origin
    static let now: UInt64 = 1_800_000_000

    let logKey: SigningKey
    let witnessKey: SigningKey
    let logs: [Int: ForgedLog]

    init(sizes: [Int] = [0, 1, 5, 8, 13]) throws {
        logKey = try SigningKey(seed: [UInt8](repeating: 7, count: 32), algorithm: .ed25519)
        witnessKey = try SigningKey(seed: [UInt8](repeating: 9, count: 32), algorithm: .ed25519)
        var logs: [Int: ForgedLog] = [:]
        for size in sizes {
            logs[size] = try ForgedLog(entries: (0..<size).map { [UInt8($0), 1] }, key: logKey)
        }
        self.logs = logs
    }

    var logNoteKey: NoteKey {
        get throws { try NoteKey(name: Self.origin, kind: .ed25519, key: logKey.verificationKey) }
    }
    var witnessNoteKey: NoteKey {
        get throws { try NoteKey(name: "w.example", kind: .cosignature, key: witnessKey.verificationKey) }
    }

    func note(_ size: Int) throws -> SignedNote { try SignedNote(bytes: logs[size]?.files["checkpoint"] ?? []) }

    func request(from old: UInt64, to size: Int) throws -> CosigningRequest {
        let log = try #require(logs[size])
        var nodes = TileNodeSource(size: UInt64(size), source: log)
        let path = old <= size ? try ConsistencyProof(oldSize: old, newSize: UInt64(size), from: &nodes).path : []
        return try CosigningRequest(oldSize: old, path: path, note: note(size))
    }

    func known(_ size: Int?) throws -> WitnessedLog {
        let newest = try size.map { try Checkpoint(text: note($0).text) }
        return WitnessedLog(key: try logNoteKey, origin: Self.origin, newest: newest)
    }
}

@Suite("A witness")
struct WitnessProtocolTests {
    private let scene: WitnessScene

    init() throws { scene = try WitnessScene() }

    @Test("cosigns every checkpoint that extends the one before, and the same one again")
    func growth() throws {
        var log = try scene.known(nil)
        var old: UInt64 = 0
        for size in [0, 1, 1, 5, 8, 13, 13] {
            let request = try scene.request(from: old, to: size)
            #expect(log.refusal(of: request) == nil, "\(old) to \(size)")
            log.accept(request.checkpoint)
            old = UInt64(size)
        }
    }

    @Test("refuses with the status that C2SP tlog-witness has for each case")
    func refusals() throws {
        let five = try scene.known(5)
        #expect(five.refusal(of: try scene.request(from: 1, to: 8)) == .conflict(size: 5))
        #expect(five.refusal(of: try scene.request(from: 0, to: 0)) == .conflict(size: 5))
        #expect(five.refusal(of: try scene.request(from: 8, to: 5))?.status == 400)
        let proof = try scene.request(from: 5, to: 8)
        for path in [[], Array(proof.path.dropLast()), proof.path + [.emptyRoot], proof.path.reversed()] {
            let wrong = try CosigningRequest(oldSize: 5, path: path, note: scene.note(8))
            #expect(five.refusal(of: wrong) == .inconsistent)
        }
        // From nothing, every proof but the empty one is wrong.
        let fromNothing = try CosigningRequest(oldSize: 0, path: [.emptyRoot], note: scene.note(8))
        #expect(try scene.known(nil).refusal(of: fromNothing) == .inconsistent)
        let stranger = try SigningKey.generate(.ed25519)
        var forged = SignedNote(text: try scene.note(8).text)
        try forged.sign(name: WitnessScene.origin, key: stranger)
        let foreign = try CosigningRequest(oldSize: 5, path: proof.path, note: forged)
        #expect(five.refusal(of: foreign) == .unsigned)
        var elsewhere = SignedNote(text: Checkpoint(origin: "other.example", size: 8, root: proof.checkpoint.root).text)
        try elsewhere.sign(name: WitnessScene.origin, key: scene.logKey)
        let other = try CosigningRequest(oldSize: 5, path: proof.path, note: elsewhere)
        #expect(five.refusal(of: other) == .unknownLog)
        let root = try #require(MerkleHash([UInt8](repeating: 1, count: 32)))
        var empty = SignedNote(text: Checkpoint(origin: WitnessScene.origin, size: 0, root: root).text)
        try empty.sign(name: WitnessScene.origin, key: scene.logKey)
        let noTree = try CosigningRequest(oldSize: 0, path: [], note: empty)
        #expect(try scene.known(nil).refusal(of: noTree) == .inconsistent)
        let all: [WitnessAnswer] = [
            .cosigned([]), .malformed(""), .unsigned, .unknownLog, .conflict(size: 1), .inconsistent,
        ]
        #expect(all.map(\.status) == [200, 400, 403, 404, 409, 422])
        #expect(WitnessAnswer.conflict(size: 42).type == "text/x.tlog.size")
        #expect(WitnessAnswer.conflict(size: 42).body == Array("42\n".utf8))
    }

    @Test("refuses another tree of the same size and a longer fork, which the log's own key has signed")
    func fork() throws {
        let five = try scene.known(5)
        let entries: [[UInt8]] = (0..<8).map { [UInt8($0), $0 == 2 ? 9 : 1] }
        for size in [5, 8] {
            let fork = try ForgedLog(entries: Array(entries.prefix(size)), key: scene.logKey)
            var nodes = TileNodeSource(size: UInt64(size), source: fork)
            let path = try ConsistencyProof(oldSize: 5, newSize: UInt64(size), from: &nodes).path
            let note = try SignedNote(bytes: fork.files["checkpoint"] ?? [])
            let request = try CosigningRequest(oldSize: 5, path: path, note: note)
            #expect(five.refusal(of: request) == .inconsistent, "size \(size)")
        }
    }

    @Test("takes no request with one bit changed in any byte, unless it says the same")
    func bitFlips() throws {
        let log = try scene.known(5)
        let request = try scene.request(from: 5, to: 13)
        #expect(log.refusal(of: try CosigningRequest(bytes: request.bytes)) == nil)
        for index in request.bytes.indices {
            for bit in 0..<8 {
                var bytes = request.bytes
                bytes[index] ^= 1 << bit
                guard let read = try? CosigningRequest(bytes: bytes) else { continue }
                #expect(read == request || log.refusal(of: read) != nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test("reads what it writes, and nothing that C2SP does not allow")
    func format() throws {
        let request = try scene.request(from: 5, to: 13)
        #expect(try CosigningRequest(bytes: request.bytes) == request)
        let note = String(decoding: try scene.note(5).bytes, as: UTF8.self)
        let hash = Base64.encode(MerkleHash.emptyRoot.bytes)
        #expect(try CosigningRequest(bytes: Array("old 0\n\n\(note)".utf8)).path.isEmpty)
        let most = "old 3\n" + String(repeating: "\(hash)\n", count: 63) + "\n\(note)"
        #expect(try CosigningRequest(bytes: Array(most.utf8)).path.count == 63)
        for text in [
            "", "\n", "old\n\n\(note)", "old \n\n\(note)", "old 01\n\n\(note)", "old +1\n\n\(note)",
            "old -1\n\n\(note)",
            "old 1 \n\n\(note)", "old 18446744073709551616\n\n\(note)", "new 1\n\n\(note)", "old 1\r\n\n\(note)",
            "old 1\n\(note)", "old 1\n\(hash.dropLast())\n\n\(note)", "old 1\nAA==\n\n\(note)", "old 1\n\n",
            "old 3\n" + String(repeating: "\(hash)\n", count: 64) + "\n\(note)", "old 1\n\(hash)\n",
        ] {
            #expect(throws: TraceLogError.self, "\(text.prefix(40))") { try CosigningRequest(bytes: Array(text.utf8)) }
        }
        let long = [UInt8](repeating: 0x61, count: CosigningRequest.byteCountMax + 1)
        #expect(throws: TraceLogError.self) { try CosigningRequest(bytes: long) }
    }

    @Test("states the size of its last cosignature in plain decimals alone")
    func size() {
        #expect(WitnessAnswer.size(inConflict: Array("42\n".utf8)) == 42)
        for text in ["42", "", "\n", "042\n", "+42\n", "-1\n", "42\n\n", " 42\n", "9223372036854775808\n", "x\n"] {
            #expect(WitnessAnswer.size(inConflict: Array(text.utf8)) == nil, "\(text)")
        }
    }
}
