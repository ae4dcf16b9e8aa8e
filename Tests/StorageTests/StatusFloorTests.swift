import Credential
import Signing
import Storage
import Testing

@Suite("Status indices after a recovery")
struct StatusFloorTests {
    private static let list = StatusListReference(issuer: "SH", form: .object, day: nil)
    private static let other = StatusListReference(issuer: "SH", form: .person, day: 7)
    private static let block = UInt64(Registry.statusBlockCount)

    private let scratch: ScratchRegistry
    private let database: RegistryDatabase
    private let registry: Registry

    init() throws {
        scratch = try ScratchRegistry()
        database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        registry = try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
    }

    private func take(_ list: StatusListReference = Self.list) async throws -> UInt64 {
        try await database.write { [registry] in try registry.takeStatusIndex(in: list, in: $0) }
    }

    private func end(of list: StatusListReference = Self.list) throws -> UInt64 {
        try database.read { try registry.newestStatusIndexEnd(of: list.name, in: $0) }
    }

    private func raise(_ name: String, to base: UInt64) async throws {
        try await database.write { [registry] in try registry.raiseStatusFloor(of: name, to: base, in: $0) }
    }

    @Test("begin at the highest of the newest block's end, the list's floor and the general floor")
    func floors() async throws {
        #expect(try await take() < Self.block)
        try await raise(Self.list.name, to: 10 * Self.block)
        #expect(try (10 * Self.block..<11 * Self.block).contains(await take()))
        #expect(try await take(Self.other) < Self.block)
        try await raise("", to: 20 * Self.block - 1)
        #expect(try (20 * Self.block..<21 * Self.block).contains(await take()))
        #expect(try (20 * Self.block..<21 * Self.block).contains(await take(Self.other)))
        #expect(try database.read { try registry.statusFloor(of: "new", in: $0) } == 20 * Self.block)
        #expect(try database.read { try registry.statusListNames(in: $0) } == [Self.list.name, Self.other.name])
    }

    @Test("go on in an open block that no floor is above")
    func lowFloor() async throws {
        try await raise("", to: 5 * Self.block)
        let first = try await take()
        try await raise("", to: 3 * Self.block)
        try await raise(Self.list.name, to: 5 * Self.block)
        #expect(try await take() / Self.block == first / Self.block)
        #expect(try end() == 6 * Self.block)
        #expect(try database.read { try registry.statusFloor(of: Self.list.name, in: $0) } == 5 * Self.block)
    }

    @Test("are in a new block once the open ones are void, and a list without an open block loses nothing")
    func void() async throws {
        #expect(try end() == 0)
        let first = try await take()
        for _ in 0..<3 {
            try await database.write { [registry] in try registry.voidOpenBlocks(in: $0) }
        }
        #expect(try end() == Self.block)
        #expect(try await take() / Self.block == first / Self.block + 1)
    }

    @Test("end with 2³², also where a floor is far above it")
    func full() async throws {
        try await raise("", to: Registry.statusIndexCount - 1 - Self.block)
        var seen: Set<UInt64> = []
        for _ in 0..<Self.block { seen.insert(try await take()) }
        #expect(seen.count == Int(Self.block))
        #expect(try #require(seen.max()) == Claims.statusIndexMax)
        try await raise(Self.other.name, to: .max)
        for list in [Self.list, Self.other] {
            let refusal = await #expect(throws: StorageError.self) { try await take(list) }
            #expect(refusal?.code == .statusListFull)
        }
    }
}
