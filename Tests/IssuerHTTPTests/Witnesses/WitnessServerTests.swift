import Encoding
import Glibc
import Signing
import TestSupport
import Testing
import TraceLog

@Suite("A serving witness", .serialized)
struct WitnessServerTests {
    private static let origin = "log.example/served"

    private let logKey: SigningKey
    private let log: NoteKey
    private let witness: WitnessProcess

    init() throws {
        logKey = try SigningKey.generate(.ed25519)
        log = try NoteKey(name: Self.origin, kind: .ed25519, key: logKey.verificationKey)
        witness = try WitnessProcess("w.example", of: log)
    }

    /// A tree whose leaves are numbers; another `salt` makes a fork.
    private func tree(_ size: UInt64, salt: UInt8 = 0) -> MemoryTree {
        var hasher = MerkleHasher()
        return MemoryTree(
            leaves: (0..<size).map { hasher.leaf([UInt8($0 & 0xFF), $0 < 3 ? 0 : salt]) })
    }

    private func request(from old: UInt64, to size: UInt64, salt: UInt8 = 0) throws -> CosigningRequest {
        var tree = tree(size, salt: salt)
        let root = try tree.root(count: size)
        var note = SignedNote(text: Checkpoint(origin: Self.origin, size: size, root: root).text)
        try note.sign(name: Self.origin, key: logKey)
        let path = try ConsistencyProof(oldSize: old, newSize: size, from: &tree).path
        return try CosigningRequest(oldSize: old, path: path, note: note)
    }

    @Test("answers each request with C2SP's status, type and body")
    func statuses() throws {
        let first = try request(from: 0, to: 5)
        let answer = try witness.post(first.bytes)
        #expect(answer.status == "200")
        let line = Array((answer.body).utf8)
        #expect(
            first.note.cosignature(
                inAnswer: line, by: witness.key, in: CosignaturePeriod(now: UInt64(time(nil)))) != nil)
        let conflict = try witness.post(try request(from: 0, to: 8).bytes)
        #expect(conflict.status == "409" && conflict.type == "text/x.tlog.size" && conflict.body == "5\n")
        #expect(try witness.post(try request(from: 5, to: 8, salt: 1).bytes).status == "422")
        #expect(try witness.post(try request(from: 5, to: 5, salt: 1).bytes).status == "422")
        #expect(try witness.post(first.bytes).status == "409")
        #expect(try witness.post(try request(from: 5, to: 5).bytes).status == "200")
        var backwards = SignedNote(text: first.note.text)
        try backwards.sign(name: Self.origin, key: logKey)
        #expect(try witness.post(CosigningRequest(oldSize: 9, path: [], note: backwards).bytes).status == "400")
        let stranger = try SigningKey.generate(.ed25519)
        var forged = SignedNote(text: first.note.text)
        try forged.sign(name: Self.origin, key: stranger)
        #expect(try witness.post(CosigningRequest(oldSize: 5, path: [], note: forged).bytes).status == "403")
        var unknown = SignedNote(text: Checkpoint(origin: "another.example", size: 0, root: .emptyRoot).text)
        try unknown.sign(name: "another.example", key: logKey)
        #expect(try witness.post(CosigningRequest(oldSize: 0, path: [], note: unknown).bytes).status == "404")
        for body in ["", "old 5", "old 5\n\n", "hello\n"] {
            #expect(try witness.post(Array(body.utf8)).status == "400", "\(body)")
        }
        #expect(try witness.post([UInt8](repeating: 0x61, count: CosigningRequest.byteCountMax + 1)).status == "413")
        #expect(try witness.post(first.bytes, path: "/add-checkpoints").status == "405")
        #expect(try witness.newest(of: log)?.size == 5)
    }

    @Test("keeps the first signed checkpoint that contradicts the cosigned one, and no other")
    func evidence() throws {
        #expect(try witness.post(try request(from: 0, to: 5).bytes).status == "200")
        let place = witness.statePath(of: log) + ".evidence"
        #expect(try witness.post(try request(from: 0, to: 8).bytes).status == "409")
        #expect(!ProjectFiles.exists(place))
        let fork = try request(from: 5, to: 8, salt: 1).bytes
        #expect(try witness.post(fork).status == "422")
        #expect(try witness.post(try request(from: 5, to: 9, salt: 2).bytes).status == "422")
        #expect(try ProjectFiles.bytes(place) == fork)
    }

    @Test("dates no cosignature before its last one")
    func clockSetBack() throws {
        let clock = try SetClock(at: 1_900_000_000)
        let witness = try WitnessProcess("w.example", of: log, clock: clock)
        let first = try request(from: 0, to: 5)
        let answer = Array(try witness.post(first.bytes).body.utf8)
        func time(_ answer: [UInt8], _ note: SignedNote) -> UInt64? {
            note.cosignature(inAnswer: answer, by: witness.key, in: CosignaturePeriod(now: 1_900_000_000))?.time
        }
        #expect(time(answer, first.note) == 1_900_000_000)
        try clock.set(1_899_999_999)
        let second = try request(from: 5, to: 8)
        #expect(try witness.post(second.bytes).status == "503")
        // The last cosignature is remembered across a start.
        witness.end(SIGKILL)
        try witness.start()
        #expect(try witness.post(second.bytes).status == "503")
        try clock.set(1_900_000_001)
        #expect(time(Array(try witness.post(second.bytes).body.utf8), second.note) == 1_900_000_001)
    }

    @Test("shows its key, its health and the checkpoint that it cosigned last")
    func readings() throws {
        func get(_ path: String) throws -> HTTPDaemon.Outcome {
            try HTTPDaemon.run(["curl", "-s", "-w", "%{http_code}", witness.url + path])
        }
        let place = "/\(WitnessState.name(of: Self.origin))/checkpoint"
        #expect(try get(place).output.hasSuffix("404"))
        #expect(try witness.post(try request(from: 0, to: 5).bytes).status == "200")
        let note = try SignedNote(bytes: Array(try get(place).output.dropLast(3).utf8))
        #expect(note.isSigned(by: log) && note.isCosigned(by: witness.key))
        #expect(try get("/vkey").output == "\(witness.key.vkey)\n200")
        #expect(try get("/health").output == "{\"status\":\"ok\",\"logs\":1}\n200")
        #expect(try get("/").output.hasSuffix("404"))
    }

    @Test("cosigns one of two forks that come at the same moment, and never goes back")
    func race() async throws {
        #expect(try witness.post(try request(from: 0, to: 3).bytes).status == "200")
        let (witness, log) = (witness, log)
        var size: UInt64 = 3
        for _ in 0..<6 {
            let next = size + 2
            let requests = try (0..<4).map { try request(from: size, to: next, salt: $0 % 2 == 0 ? 0 : 7).bytes }
            let port = UInt16(witness.port)
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for body in requests {
                    group.addTask {
                        let connection = try WebConnection(port: port)
                        let head = "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n"
                        connection.send(Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body)
                        return String(decoding: connection.readToEnd().prefix(12), as: UTF8.self)
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            // Every answer but the first says the size that is cosigned now.
            #expect(answers.count { $0 == "HTTP/1.1 200" } == 1, "\(answers)")
            #expect(answers.count { $0 == "HTTP/1.1 409" } == 3, "\(answers)")
            let newest = try #require(try witness.newest(of: log))
            #expect(newest.size == next)
            var honest = tree(next)
            let isFirst = try honest.root(count: next) == newest.root
            guard isFirst else { return }
            size = next
        }
    }

    @Test("forgets nothing that it cosigned when it is killed at any moment, and begins no lost log anew")
    func kills() throws {
        var size: UInt64 = 0
        for round in 0..<6 {
            let victim = witness.process
            let kill = Task.detached {
                usleep(UInt32.random(in: 0...20_000))
                Glibc.kill(victim, SIGKILL)
            }
            // What was answered must be remembered; what was not answered may be.
            var answered = size
            for _ in 0..<200 {
                guard let answer = try? witness.post(try request(from: answered, to: answered + 1).bytes),
                    answer.status == "200"
                else { break }
                answered += 1
            }
            _ = kill
            witness.end(SIGKILL)
            let kept = try witness.newest(of: log)?.size ?? 0
            #expect(kept == answered || kept == answered + 1, "round \(round): \(kept), answered \(answered)")
            try witness.start()
            size = kept
            let fork = try witness.post(try request(from: size, to: max(size, 4) + 1, salt: 9).bytes)
            #expect(size < 4 || fork.status == "422", "round \(round)")
            if fork.status == "200" { return }
        }
        let state = witness.statePath(of: log)
        let bytes = try ProjectFiles.bytes(state)
        witness.end(SIGTERM)
        unsafe unlink(state)
        #expect(throws: (any Error).self) { try witness.start() }
        for index in stride(from: 3, to: bytes.count, by: 29) {
            var flipped = bytes
            flipped[index] ^= 1
            try witness.write(flipped, toStateOf: log)
            let isStarted = (try? witness.start()) != nil
            // A bit of a cosignature's name or bytes changes nothing of what is remembered.
            let note = try? WitnessState(bytes: flipped).note
            #expect(!isStarted || note?.isSigned(by: log) == true, "byte \(index)")
            witness.end(SIGTERM)
        }
    }
}
