import Credential
import GRDB
import Signing
import Storage
import Testing

@Suite("A registry's count of commits")
struct RegistryPositionTests {
    private static let list = StatusListReference(issuer: "SH", form: .object, day: nil)

    private let scratch: ScratchRegistry
    private let database: RegistryDatabase
    private let registry: Registry

    init() throws {
        scratch = try ScratchRegistry()
        database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        registry = try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
        try database.beginPosition(of: [UInt8](repeating: 7, count: RegistryPosition.installationByteCount))
    }

    private var position: RegistryPosition {
        get throws { try #require(database.committedPosition) }
    }

    private func change() async throws {
        try await database.write { [registry] in
            try registry.audit(by: .user(7), action: "a", subject: "s", at: 1, in: $0)
        }
    }

    @Test("rises by one in every group that changes something, and is what the file says")
    func counts() async throws {
        let first = try position.commitCount
        #expect(first == 1)
        try await change()
        #expect(try position.commitCount == first + 1)
        try database.changeAtOpening { [registry] in
            try registry.audit(by: .user(7), action: "a", subject: "s", at: 1, in: $0)
        }
        #expect(try position.commitCount == first + 2)
        #expect(try database.position() == position)
        let again = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        #expect(try again.committedPosition == position)
    }

    @Test("stays where nothing was changed, or nothing was kept")
    func refusals() async throws {
        let before = try position
        _ = try await database.write { try Int.fetchOne($0.sqlite, sql: "SELECT 1") }
        for _ in 0..<2 {
            await #expect(throws: StorageError.self) {
                try await database.write { _ in
                    throw StorageError(code: .codeUnknown, reason: "none", hint: "none")
                }
            }
        }
        #expect(try position == before)
        #expect(try database.position() == before)
    }

    @Test("says which commit opened a block of status indices last")
    func blocks() async throws {
        for _ in 0..<3 { try await change() }
        #expect(try position.blockCommitCount == 0)
        for expected in [true, false] {
            _ = try await database.write { [registry] in try registry.takeStatusIndex(in: Self.list, in: $0) }
            #expect(try (position.blockCommitCount == position.commitCount) == expected)
        }
        #expect(try database.position() == position)
    }

    @Test("that cannot rise keeps the change from being made")
    func extreme() async throws {
        for count in [Int64.max, -5] {
            try Self.set(count, in: scratch.path)
            let refusal = await #expect(throws: StorageError.self) { try await change() }
            #expect(refusal?.code == .registryUnwritable || refusal?.code == .registryCorrupt)
        }
    }

    private static func set(_ count: Int64, in path: String) throws {
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "UPDATE installation SET commitCount = ?", arguments: [count])
        }
    }
}
