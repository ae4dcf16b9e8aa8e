import Encoding
import Foundation
import Glibc
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@Suite("A log whose process is killed")
struct LogCrashTests {
    /// What one life of the driver answered.
    private struct Life {
        let answers: [(index: UInt64, sequence: UInt64)]
        let checkpoints: [Checkpoint]
        let wasKilled: Bool
        let exitStatus: Int32
    }

    /// Rounds: a short run by default; `LOG_CRASH_ROUNDS` makes it long.
    private static var roundCount: Int {
        ProcessInfo.processInfo.environment["LOG_CRASH_ROUNDS"].flatMap(Int.init) ?? 22
    }

    /// The points that a log in a file comes to.
    private static let points = FaultPoint.allCases.filter { $0 != .headAnnounced && $0 != .headSwapped }

    @Test("loses nothing acknowledged, reuses no sequence, and contradicts no checkpoint it published")
    func crashes() async throws {
        let folder = NSTemporaryDirectory() + "log-crash-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var random = SystemRandomNumberGenerator()
        var checkpoints: [Checkpoint] = []
        var acknowledged: [UInt64: UInt64] = [:]
        var killedCount = 0
        for round in 0..<Self.roundCount {
            // Every second life ends at a named point, the others at any moment under load.
            let point = round % 2 == 0 ? Self.points[round / 2 % Self.points.count] : nil
            let countdown = Int.random(in: 1...Self.countdownMax(point), using: &random)
            let life = try Self.live(
                folder, point?.rawValue ?? "random", countdown, round,
                killedAfterMilliseconds: point == nil ? Int.random(in: 10...400, using: &random) : nil)
            #expect(
                life.wasKilled || life.exitStatus == 0,
                "\(point?.rawValue ?? "random") after \(countdown): \(life.exitStatus)")
            killedCount += life.wasKilled ? 1 : 0
            checkpoints += life.checkpoints
            for answer in life.answers {
                #expect(acknowledged.updateValue(answer.sequence, forKey: answer.index) == nil)
            }
            if let bytes = try LogDirectory(path: folder + "/log").read("checkpoint") {
                checkpoints.append(try Checkpoint(note: bytes))
            }
        }
        print("crashes: \(killedCount) of \(Self.roundCount) rounds killed, \(acknowledged.count) answers")
        print("crashes: \(checkpoints.count) checkpoints, all held to the last log")
        #expect(killedCount > Self.roundCount / 2)
        let last = try Self.live(folder, "none", 0, Self.roundCount)
        #expect(last.exitStatus == 0 && !last.wasKilled)
        try Self.check(folder, acknowledged, checkpoints)
    }

    /// How often one life of the driver comes to a point at least.
    private static func countdownMax(_ point: FaultPoint?) -> Int {
        switch point {
        case .entryInserted, .committed: 200
        case .headsListed: 2
        default: 6
        }
    }

    private static func check(
        _ folder: String, _ acknowledged: [UInt64: UInt64], _ checkpoints: [Checkpoint]
    ) throws {
        let store = TraceLogStore(
            registry: try RegistryDatabase(path: folder + "/registry.sqlite", cipher: ScratchRegistry.cipher()),
            fields: try ScratchRegistry.fields())
        var chains: [ObjectID: ObjectChain] = [:]
        var leaves: [MerkleHash] = []
        var hasher = MerkleHasher()
        for stored in try store.entries(0..<store.count()) {
            let entry = try Entry.decode(stored.bytes[...])
            let leaf = hasher.leaf(stored.bytes)
            #expect(stored.index == UInt64(leaves.count))
            let finding = chains[entry.object, default: ObjectChain()].accept(
                sequence: entry.sequence, previous: entry.previous, at: EntryLink(leafHash: leaf, index: stored.index))
            #expect(finding == nil)
            if let sequence = acknowledged[stored.index] { #expect(sequence == entry.sequence) }
            leaves.append(leaf)
        }
        #expect(acknowledged.keys.allSatisfy { $0 < UInt64(leaves.count) })
        var tree = MemoryTree(leaves: leaves)
        for checkpoint in checkpoints { #expect(try tree.root(count: checkpoint.size) == checkpoint.root) }
    }

    private static func live(
        _ folder: String, _ point: String, _ countdown: Int, _ round: Int, killedAfterMilliseconds: Int? = nil
    ) throws -> Life {
        let program = Program("log-crash-driver")
        let words = [folder, point, String(countdown), String(round)]
        let outcome =
            try killedAfterMilliseconds.map { milliseconds in
                let limit = "\(Double(milliseconds) / 1000)"
                return try program.run(words, script: "exec timeout -s KILL \(limit) \"$0\" \"$@\"")
            } ?? program.run(words)
        let text = outcome.output
        let answers = text.split(separator: "\n").compactMap { line -> (index: UInt64, sequence: UInt64)? in
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
        }
        let checkpoints = text.split(separator: "\n").compactMap { line -> Checkpoint? in
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "checkpoint", let size = UInt64(words[1]),
                let root = (try? Hex.decode(String(words[2]))).flatMap({ MerkleHash($0) })
            else { return nil }
            return Checkpoint(origin: "log.example", size: size, root: root)
        }
        return Life(
            answers: answers, checkpoints: checkpoints, wasKilled: outcome.status == 128 + SIGKILL,
            exitStatus: outcome.status)
    }
}
