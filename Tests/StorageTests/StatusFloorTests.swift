import Credential
import Signing
import Storage
import Testing

@Suite("Status indices after a recovery")
struct StatusFloorTests {
    private static let list = StatusListReference(issuer: "SH", form: .object, day: nil)
    private static let other = StatusListReference(issuer: "SH", form: .person, day: 7)
    private static let block = UInt64(Registry.statusBlockCount)

    /// An empty store and the rules over it.
    private struct Lists {
        let opened: OpenStore
        let registry: Registry

        init(_ backend: Backend) throws {
            opened = try backend.open()
            registry = try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
        }

        var store: any RegistryStore { opened.store }

        func take(_ list: StatusListReference = StatusFloorTests.list) async throws -> UInt64 {
            try await store.write { [registry] in try registry.takeStatusIndex(in: list, in: $0) }
        }

        func end() throws -> UInt64 {
            try store.read { try registry.newestStatusIndexEnd(of: StatusFloorTests.list.name, in: $0) }
        }

        func raise(_ name: String, to base: UInt64) async throws {
            try await store.write { [registry] in try registry.raiseStatusFloor(of: name, to: base, in: $0) }
        }

        func floor(of name: String) throws -> UInt64 {
            try store.read { try registry.statusFloor(of: name, in: $0) }
        }
    }

    @Test(
        "begin at the highest of the newest block's end, the list's floor and the general floor",
        arguments: Backend.available)
    func floors(backend: Backend) async throws {
        let lists = try Lists(backend)
        #expect(try await lists.take() < Self.block)
        try await lists.raise(Self.list.name, to: 10 * Self.block)
        #expect(try (10 * Self.block..<11 * Self.block).contains(await lists.take()))
        #expect(try await lists.take(Self.other) < Self.block)
        try await lists.raise("", to: 20 * Self.block - 1)
        #expect(try (20 * Self.block..<21 * Self.block).contains(await lists.take()))
        #expect(try (20 * Self.block..<21 * Self.block).contains(await lists.take(Self.other)))
        #expect(try lists.floor(of: "new") == 20 * Self.block)
        #expect(
            try lists.store.read { try lists.registry.statusListNames(in: $0) } == [Self.list.name, Self.other.name])
    }

    @Test("go on in an open block that no floor is above", arguments: Backend.available)
    func lowFloor(backend: Backend) async throws {
        let lists = try Lists(backend)
        try await lists.raise("", to: 5 * Self.block)
        let first = try await lists.take()
        try await lists.raise("", to: 3 * Self.block)
        try await lists.raise(Self.list.name, to: 5 * Self.block)
        #expect(try await lists.take() / Self.block == first / Self.block)
        #expect(try lists.end() == 6 * Self.block)
        #expect(try lists.floor(of: Self.list.name) == 5 * Self.block)
    }

    @Test(
        "are in a new block once the open ones are void, and a list without an open block loses nothing",
        arguments: Backend.available)
    func void(backend: Backend) async throws {
        let lists = try Lists(backend)
        #expect(try lists.end() == 0)
        let first = try await lists.take()
        for _ in 0..<3 {
            try await lists.store.write { [registry = lists.registry] in try registry.voidOpenBlocks(in: $0) }
        }
        #expect(try lists.end() == Self.block)
        #expect(try await lists.take() / Self.block == first / Self.block + 1)
    }

    @Test("end with 2³², also where a floor is far above it", arguments: Backend.available)
    func full(backend: Backend) async throws {
        let lists = try Lists(backend)
        try await lists.raise("", to: Registry.statusIndexCount - 1 - Self.block)
        var seen: Set<UInt64> = []
        for _ in 0..<Self.block { seen.insert(try await lists.take()) }
        #expect(seen.count == Int(Self.block))
        #expect(try #require(seen.max()) == Claims.statusIndexMax)
        try await lists.raise(Self.other.name, to: .max)
        for list in [Self.list, Self.other] {
            let refusal = await #expect(throws: StorageError.self) { try await lists.take(list) }
            #expect(refusal?.code == .statusListFull)
        }
    }
}
