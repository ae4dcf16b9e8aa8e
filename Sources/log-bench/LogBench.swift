import ArgumentParser
import Foundation
import GRDB
import Signing
import Storage
import TraceLog

/// Measures durable appends beside plain SQLite inserts of the same bytes in groups of 256, in one run.
@main
struct LogBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-bench", abstract: "Measures durable, sequenced appends beside raw group inserts.")

    private static let groupCount = 256

    @Option(help: "How many events to append.")
    var count = 40_000
    @Option(help: "How many callers append at once.")
    var callers = 512

    mutating func run() async throws {
        let folder = NSTemporaryDirectory() + "log-bench-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try RegistryDatabase.create(at: folder + "/registry.sqlite", trusting: [])
        let store = TraceLogStore(
            registry: try RegistryDatabase(path: folder + "/registry.sqlite"),
            openingKey: [UInt8](repeating: 5, count: TraceLogStore.openingKeyByteCount))
        let clock = ContinuousClock()
        let start = clock.now
        let latencies = try await append(to: store).sorted()
        let rate = Double(latencies.count) / Self.seconds(clock.now - start)
        let baseline = try Self.rawInserts(count, byteCount: 180, path: folder + "/raw.sqlite")
        let median = latencies[latencies.count / 2] * 1000
        let slow = latencies[latencies.count * 99 / 100] * 1000
        print("sequenced appends: \(Int(rate))/s, p50 \(Int(median)) ms, p99 \(Int(slow)) ms, \(callers) callers")
        print("raw SQLite inserts, \(Self.groupCount) a commit: \(Int(baseline))/s; ratio \(rate / baseline)")
    }

    private func append(to store: TraceLogStore) async throws -> [Double] {
        let each = count / callers
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for caller in 0..<callers {
                group.addTask { try await Self.call(store, caller: caller, count: each) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func call(_ store: TraceLogStore, caller: Int, count: Int) async throws -> [Double] {
        let clock = ContinuousClock()
        let identifier = (0..<8).map { UInt8(truncatingIfNeeded: caller >> (8 * $0)) }
        guard let object = ObjectID(identifier) else { return [] }
        var latencies: [Double] = []
        for number in 0..<count {
            var event = TraceEvent(timeMilliseconds: Int64(number), step: .inspecting, disposition: .active)
            event.readPoint = "urn:epc:id:sgln:4012345.00005.0"
            let request = EventRequest(object: object, event: .observed(event), actor: "91310000MA1FL0000X")
            let start = clock.now
            _ = try await store.append(request, at: 1_700_000_000_000)
            latencies.append(seconds(clock.now - start))
        }
        return latencies
    }

    private static func rawInserts(_ count: Int, byteCount: Int, path: String) throws -> Double {
        let pool = try DatabasePool(path: path)
        try pool.writeWithoutTransaction { database in
            try database.execute(
                sql: "PRAGMA synchronous = FULL; CREATE TABLE entry (idx INTEGER PRIMARY KEY, bytes BLOB)")
        }
        let bytes = Data(repeating: 1, count: byteCount)
        let clock = ContinuousClock()
        let start = clock.now
        for group in 0..<(count / groupCount) {
            try pool.write { database in
                let statement = try database.cachedStatement(sql: "INSERT INTO entry VALUES (?, ?)")
                for number in 0..<groupCount { try statement.execute(arguments: [group * groupCount + number, bytes]) }
            }
        }
        return Double(count / groupCount * groupCount) / seconds(clock.now - start)
    }

    private static func seconds(_ duration: Duration) -> Double {
        duration / .seconds(1)
    }
}
