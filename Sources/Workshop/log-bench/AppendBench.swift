import Foundation
import Signing
import Storage
import TraceLog

/// Measures many callers that append at once in one process, while the log is published as a daemon does.
struct AppendBench {
    let callers: Int

    func run(_ count: Int, in scratch: Scratch) async throws -> Latencies {
        let path = scratch("appends.sqlite")
        try RegistryDatabase.create(at: path, trusting: [])
        let store = try Self.store(Self.registry(path))
        let directory = LogDirectory(path: scratch("log"))
        let publisher = try LogPublisher(
            store: store, tiles: directory, register: directory, origin: "log.example",
            key: SigningKey.generate(.ed25519))
        _ = try await publisher.recover()
        let publishing = Task {
            while !Task.isCancelled {
                _ = try await publisher.publish()
                try? await Task.sleep(for: .seconds(1))
            }
        }
        let callers = callers
        var latencies: [Duration] = []
        let elapsed = try await ContinuousClock().measure {
            latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for caller in 0..<callers {
                    group.addTask { try await Self.call(store, caller: caller, count: count / callers) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        publishing.cancel()
        try await publishing.value
        return Latencies(latencies, in: elapsed)
    }

    static func registry(_ path: String) throws -> RegistryDatabase {
        try RegistryDatabase(path: path, cipher: cipher())
    }

    private static func cipher() throws -> FieldCipher {
        let secret = [UInt8](repeating: 5, count: FieldCipher.keyByteCount)
        let epoch = try FieldEpochKey(number: 1, begunAt: 0, secret: secret)
        return try FieldCipher(
            sealingKey: secret, digestKey: secret, epochs: EpochKeyRing([epoch]), random: SystemRandom())
    }

    static func store(
        _ registry: RegistryDatabase, headsInterval: UInt64 = TraceLogStore.defaultHeadsInterval
    ) throws -> TraceLogStore {
        TraceLogStore(registry: registry, fields: try cipher().fields, headsInterval: headsInterval)
    }

    /// Appends one event after another to one object.
    static func call(_ store: TraceLogStore, caller: Int, count: Int) async throws -> [Duration] {
        var latencies: [Duration] = []
        for number in 0..<count {
            let start = ContinuousClock.now
            _ = try await store.append(request(object: caller, time: number), at: 1_700_000_000_000)
            latencies.append(ContinuousClock.now - start)
        }
        return latencies
    }

    static func request(object number: Int, time: Int) throws -> EventRequest {
        let identifier = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        guard let object = ObjectID(identifier) else { throw CocoaError(.featureUnsupported) }
        var event = TraceEvent(timeMilliseconds: Int64(time), step: .inspecting, disposition: .active)
        event.readPoint = "urn:epc:id:sgln:4012345.00005.0"
        return EventRequest(object: object, event: .observed(event), actor: "91310000MA1FL0000X")
    }
}
