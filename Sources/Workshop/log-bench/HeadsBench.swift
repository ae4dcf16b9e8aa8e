import Foundation
import Signing
import Storage
import TraceLog

/// Measures a registry of very many objects: callers append while the objects' newest entries are stated, listed and
/// published; then personal fields are erased.
struct HeadsBench {
    /// The measured times and rates.
    struct Outcome {
        let appends: Latencies
        /// The seconds that the statement and its published list took.
        let seconds: Double
        let erasures: Latencies
        /// The baseline: milliseconds of an erasure that rewrites the file.
        let vacuumMilliseconds: Double
        let fileByteCount: Int
    }

    private static let callerCount = 64
    private static let erasureCount = 100
    private static let time: UInt64 = 1_700_000_000_000

    func run(_ objects: Int, in scratch: Scratch) async throws -> Outcome {
        let path = scratch("heads.sqlite")
        try RegistryDatabase.create(at: path, trusting: [])
        let registry = try AppendBench.registry(path)
        let store = try AppendBench.store(registry, headsInterval: 1 << 40)
        let directory = LogDirectory(path: scratch("heads-log"))
        let publisher = try LogPublisher(
            store: store, tiles: directory, register: directory, origin: "log.example",
            key: SigningKey.generate(.ed25519))
        _ = try await publisher.recover()
        try await Self.fill(store, registry, objects)
        _ = try await publisher.publish()
        var seconds = 0.0
        var latencies: [Duration] = []
        let elapsed = try await ContinuousClock().measure {
            (latencies, seconds) = try await Self.appendWhileStating(store, publisher)
        }
        let erasures = try await Self.erase(store, registry)
        let vacuum = try ContinuousClock().measure { try Baseline.vacuum(path) }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        return Outcome(
            appends: Latencies(latencies, in: elapsed), seconds: seconds, erasures: erasures,
            vacuumMilliseconds: vacuum / .milliseconds(1), fileByteCount: size)
    }

    /// Lets callers append while a statement and its list are made.
    private static func appendWhileStating(
        _ store: TraceLogStore, _ publisher: LogPublisher
    ) async throws -> (latencies: [Duration], seconds: Double) {
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for caller in 0..<callerCount {
                group.addTask {
                    var latencies: [Duration] = []
                    while !Task.isCancelled {
                        latencies += try await AppendBench.call(store, caller: caller, count: 1)
                    }
                    return latencies
                }
            }
            let elapsed = try await ContinuousClock().measure {
                try await store.stateHeads(at: time)
                _ = try await publisher.publish()
            }
            group.cancelAll()
            return (try await group.reduce(into: []) { $0 += $1 }, elapsed / .seconds(1))
        }
    }

    /// Appends one entry for every object.
    private static func fill(_ store: TraceLogStore, _ registry: RegistryDatabase, _ objects: Int) async throws {
        let groupCount = 10_000
        for start in stride(from: 0, to: objects, by: groupCount) {
            try await registry.write { database in
                for object in start..<min(objects, start + groupCount) {
                    let request = try AppendBench.request(object: object, time: object)
                    _ = try store.append(request, at: time, in: database)
                }
            }
        }
    }

    /// Erases entries' personal fields, one after another.
    private static func erase(_ store: TraceLogStore, _ registry: RegistryDatabase) async throws -> Latencies {
        var latencies: [Duration] = []
        let elapsed = try await ContinuousClock().measure {
            for number in 0..<erasureCount {
                var request = try AppendBench.request(object: number, time: number)
                request.personal = [try Opening.make(name: "inspector", value: "someone", random: SystemRandom())]
                let index = try await store.append(request, at: time).index
                let start = ContinuousClock.now
                _ = try await store.erase(request.object, index: index, reason: "asked", actor: "", at: time)
                latencies.append(ContinuousClock.now - start)
            }
        }
        return Latencies(latencies, in: elapsed)
    }
}
