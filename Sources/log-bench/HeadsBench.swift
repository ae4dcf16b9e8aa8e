import Foundation
import Storage
import TraceLog

/// Callers go on appending while the newest entries of very many objects are stated.
struct HeadsBench {
    private static let callerCount = 64
    private static let eventCount = 6_400

    func run(_ objects: Int, in scratch: Scratch) async throws -> Latencies {
        let path = scratch("heads.sqlite")
        try RegistryDatabase.create(at: path, trusting: [])
        let store = try AppendBench.store(path, headsInterval: 1 << 40)
        try await Self.fill(store, objects)
        var latencies: [Duration] = []
        let elapsed = try await ContinuousClock().measure {
            latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
                group.addTask {
                    try await Task.sleep(for: .milliseconds(20))
                    _ = try await store.appendHeads(at: 1_700_000_000_000)
                    return []
                }
                for caller in 0..<Self.callerCount {
                    group.addTask {
                        try await AppendBench.call(store, caller: caller, count: Self.eventCount / Self.callerCount)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        return Latencies(latencies, in: elapsed)
    }

    /// One entry for every object.
    private static func fill(_ store: TraceLogStore, _ objects: Int) async throws {
        let groupCount = 512
        for start in stride(from: 0, to: objects, by: groupCount) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for object in start..<min(objects, start + groupCount) {
                    group.addTask {
                        let request = try AppendBench.request(object: object, time: object)
                        _ = try await store.append(request, at: 1_700_000_000_000)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
