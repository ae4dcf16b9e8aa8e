import PostgreSQLStorage
import Signing
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite(
    "A change in a database, after another daemon has begun an epoch key",
    .enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLEpochTests {
    private static let person = [UInt8](repeating: 9, count: 16)

    /// A daemon's store, with the epoch keys that it has and those that it can read.
    private struct Daemon {
        let store: PostgreSQLStore
        let ring: EpochKeyRing
        let registry: Registry
        let place: Place

        init(_ address: PostgreSQLAddress, _ place: Place) throws {
            let ring = try EpochKeyRing([ScratchRegistry.epochKey()]) { number throws(StorageError) in
                try place.key(number)
            }
            let cipher = try FieldCipher(
                sealingKey: ScratchRegistry.sealingKey, digestKey: ScratchRegistry.sealingKey, epochs: ring,
                random: SystemRandom())
            store = try PostgreSQLStore(at: address, cipher: cipher)
            (self.ring, self.place) = (ring, place)
            registry = Registry(cipher: cipher, random: SystemRandom())
        }

        /// Remembers an answer, which is sealed; gives the number of the epoch key.
        func remember(_ key: String, during: @escaping @Sendable () throws -> Void = {}) async throws -> UInt32? {
            let caller = CallerIdentity.user(1000)
            try await store.write { [registry] database in
                try registry.remember(
                    answer: Array("{}".utf8), toKey: key, of: caller, request: [4], at: 1_800_000_000, in: database)
                try during()
            }
            return try store.read { [registry] database in
                let kept = registry.kept(key, of: caller)
                return try database.keptAnswer(toKeys: (kept, kept)).flatMap { FieldKeys.epoch(of: $0.sealedAnswer) }
            }
        }
    }

    /// The keys that daemons share.
    private final class Place: Sendable {
        let keys = Mutex<[UInt32: FieldEpochKey]>([:])

        func key(_ number: UInt32) throws(StorageError) -> FieldEpochKey? { keys.withLock { $0[number] } }

        func add(_ key: FieldEpochKey) { keys.withLock { $0[key.number] = key } }
    }

    private static func daemons() throws -> (one: Daemon, other: Daemon, place: Place) {
        let address = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        try PostgreSQLStore.create(
            at: address, trusting: [], epochKeys: [ScratchRegistry.epochKey()], installation: person)
        let place = Place()
        return (try Daemon(address, place), try Daemon(address, place), place)
    }

    @Test("seals under the new key, which it reads before it makes the change again")
    func followed() async throws {
        let (one, other, place) = try Self.daemons()
        #expect(try await other.remember("a") == 1)
        let next = try ScratchRegistry.epochKey(2)
        place.add(next)
        try await one.store.write { try Registry.noteEpochKeys([next], in: $0) }
        #expect(other.ring.current.number == 1)
        #expect(try await other.remember("b") == 2)
        #expect(other.ring.current.number == 2 && one.ring.current.number == 2)
        // A daemon that slept through several keys, one of which has ended.
        let (third, fourth) = (try ScratchRegistry.epochKey(3), try ScratchRegistry.epochKey(4))
        place.add(fourth)
        try await one.store.write { try Registry.noteEpochKeys([third, fourth], in: $0) }
        #expect(try await other.remember("c") == 4)
        #expect(other.ring.keys.map(\.number) == [1, 2, 4])
    }

    @Test("is made again too when the key arrives while the change is under way")
    func during() async throws {
        let (one, other, place) = try Self.daemons()
        let next = try ScratchRegistry.epochKey(2)
        place.add(next)
        try await one.store.write { try Registry.noteEpochKeys([next], in: $0) }
        let runCount = Mutex(0)
        let epoch = try await other.remember("a") {
            runCount.withLock { $0 += 1 }
            other.ring.add(next)
        }
        #expect(epoch == 2 && runCount.withLock { $0 } == 2)
    }

    @Test("is kept only once the new key can be read, and reads no field under it before")
    func pending() async throws {
        let (one, other, place) = try Self.daemons()
        let next = try ScratchRegistry.epochKey(2)
        one.ring.add(next)
        try await one.store.write { try Registry.noteEpochKeys([next], in: $0) }
        #expect(try await one.remember("a") == 2)
        for _ in 0..<2 {
            let refusal = await #expect(throws: StorageError.self) { try await other.remember("b") }
            #expect(refusal?.code == .storageUnavailable && refusal?.reason.contains("epoch key 2") == true)
        }
        func read() throws -> [UInt8]? {
            try other.store.read { database in
                try other.registry.answer(
                    toKey: "a", of: .user(1000), request: [4], at: 1_800_000_000, in: database)
            }
        }
        #expect(try #require(throws: StorageError.self) { try read() }.code == .storageUnavailable)
        place.add(next)
        #expect(try read() == Array("{}".utf8))
        #expect(try await other.remember("b") == 2)
    }
}
