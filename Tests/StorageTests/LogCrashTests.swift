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
        let wasKilled: Bool
        let exitStatus: Int32
    }

    /// Rounds: a short run by default; `LOG_CRASH_ROUNDS` makes it long.
    private static var roundCount: Int {
        ProcessInfo.processInfo.environment["LOG_CRASH_ROUNDS"].flatMap(Int.init) ?? 20
    }

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
            let point = FaultPoint.allCases[round % FaultPoint.allCases.count]
            let countdown = Int.random(
                in: 1...(point == .entryInserted || point == .committed ? 200 : 6), using: &random)
            let life = try Self.live(folder, point, countdown, round)
            #expect(life.wasKilled || life.exitStatus == 0, "\(point) after \(countdown): \(life.exitStatus)")
            killedCount += life.wasKilled ? 1 : 0
            for answer in life.answers {
                #expect(acknowledged.updateValue(answer.sequence, forKey: answer.index) == nil)
            }
            if let bytes = LogDirectory(path: folder + "/log").read("checkpoint") {
                checkpoints.append(try Checkpoint(text: SignedNote(bytes: bytes).text))
            }
        }
        print("crashes: \(killedCount) of \(Self.roundCount) rounds killed, \(acknowledged.count) answers")
        #expect(killedCount > Self.roundCount / 3)
        _ = try Self.live(folder, nil, 0, Self.roundCount)
        try Self.check(folder, acknowledged, checkpoints)
    }

    private static func check(
        _ folder: String, _ acknowledged: [UInt64: UInt64], _ checkpoints: [Checkpoint]
    ) throws {
        let store = TraceLogStore(
            registry: try RegistryDatabase(path: folder + "/registry.sqlite"),
            openingKey: [UInt8](repeating: 5, count: 32))
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

    private static func live(_ folder: String, _ point: FaultPoint?, _ countdown: Int, _ round: Int) throws -> Life {
        let process = Process()
        let binaries = Bundle.main.bundlePath
        process.executableURL = URL(fileURLWithPath: binaries + "/log-crash-driver")
        process.arguments = [folder, point?.rawValue ?? "none", String(countdown), String(round)]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let answers = text.split(separator: "\n").compactMap { line -> (index: UInt64, sequence: UInt64)? in
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
        }
        return Life(
            answers: answers, wasKilled: process.terminationReason == .uncaughtSignal,
            exitStatus: process.terminationStatus)
    }
}
