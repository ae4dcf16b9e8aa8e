import Foundation
import GRDB
import Glibc
import Signing
import Storage
import Testing

@Suite("A registry database")
struct RegistryDatabaseTests {
    @Test("is never made by opening it")
    func missing() throws {
        let path = try ScratchRegistry().folder + "/registry.sqlite"
        let refusal = #expect(throws: StorageError.self) {
            try RegistryDatabase(path: path, cipher: ScratchRegistry.cipher())
        }
        #expect(refusal?.code == .registryMissing)
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test("is never made over another")
    func exists() throws {
        let scratch = try ScratchRegistry()
        let refusal = #expect(throws: StorageError.self) { try RegistryDatabase.create(at: scratch.path, trusting: []) }
        #expect(refusal?.code == .registryExists)
    }

    @Test("is its owner's alone, its journals too")
    func mode() throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        for path in [scratch.path, scratch.path + "-wal", scratch.path + "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(path)")
        }
        withExtendedLifetime(database) {}
    }

    @Test("syncs every commit, in a write-ahead log")
    func durable() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let (level, mode) = try await database.write { database in
            (
                try Int.fetchOne(database.sqlite, sql: "PRAGMA synchronous"),
                try String.fetchOne(database.sqlite, sql: "PRAGMA journal_mode")
            )
        }
        #expect(level == 2)
        #expect(mode == "wal")
    }

    @Test("keeps what it sorts or may undo out of temporary files, on every connection")
    func temporaryStore() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let pragma = "PRAGMA temp_store"
        let memory = 2
        #expect(try await database.write { try Int.fetchOne($0.sqlite, sql: pragma) } == memory)
        #expect(try database.read { try Int.fetchOne($0.sqlite, sql: pragma) } == memory)
    }

    @Test("of a later version does not open, since what its tables mean is not known here")
    func newer() async throws {
        let scratch = try ScratchRegistry()
        try await RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher()).write { database in
            try database.sqlite.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99')")
        }
        let refusal = #expect(throws: StorageError.self) {
            try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        }
        #expect(refusal?.code == .schemaNewer)
    }

    @Test("that is damaged or no registry at all does not open", arguments: ["header", "pages", "text"])
    func corrupt(damage: String) throws {
        let scratch = try ScratchRegistry()
        var bytes = scratch.read(scratch.path)
        switch damage {
        case "header": bytes.replaceSubrange(0..<100, with: [UInt8](repeating: 0x5A, count: 100))
        case "pages": bytes.replaceSubrange(4096..., with: [UInt8](repeating: 0x5A, count: bytes.count - 4096))
        default: bytes = Array("this is a text, and it is longer than the header of a database file is".utf8)
        }
        try scratch.write(bytes, to: scratch.path)
        let refusal = #expect(throws: StorageError.self) {
            try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        }
        #expect(refusal?.code == .registryCorrupt)
    }

    @Test(
        "that lost its tables, or never had them, is not taken for a new one, and nothing is written there",
        arguments: [
            nil, "CREATE TABLE foo (bar)", "DROP TABLE statusBlock; DROP TABLE revocation", "DROP TRIGGER auditKeeps",
            "DELETE FROM grdb_migrations", "DELETE FROM grdb_migrations WHERE identifier = '1'",
        ])
    func notWhole(_ change: String?) throws {
        let scratch = try ScratchRegistry()
        let isForeign = change?.hasPrefix("CREATE") ?? true
        if isForeign { for suffix in ["", "-wal", "-shm"] { unsafe unlink(scratch.path + suffix) } }
        if let change {
            try DatabaseQueue(path: scratch.path).write { try $0.execute(sql: change) }
        } else {
            try scratch.write([], to: scratch.path)
        }
        let before = scratch.read(scratch.path)
        let refusal = #expect(throws: StorageError.self) {
            try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        }
        #expect(refusal?.code == .registryCorrupt)
        #expect(scratch.read(scratch.path) == before)
    }

    @Test("keeps its audit trail from being changed")
    func auditTrail() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let registry = try Self.registry()
        try await database.write { try registry.audit(by: .user(7), action: "a", subject: "s", at: 1, in: $0) }
        for change in [
            "DELETE FROM audit", "UPDATE audit SET uid = 0", "REPLACE INTO audit VALUES (1, 1, 0, 'b', 's')",
        ] {
            await #expect(throws: StorageError.self, "\(change)") {
                try await database.write { try $0.sqlite.execute(sql: change) }
            }
        }
        #expect(try database.read { try Int.fetchOne($0.sqlite, sql: "SELECT uid FROM audit") } == 7)
    }

    @Test("keeps no digest of a request that trying every number would undo, and no idempotency key")
    func requestDigest() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let registry = try Self.registry()
        let request = Array("person.register 11010519491231002X".utf8)
        try await database.write {
            try registry.remember(answer: Array("{}".utf8), toKey: "key", of: .user(7), request: request, at: 1, in: $0)
        }
        let kept = try database.read { try Data.fetchOne($0.sqlite, sql: "SELECT request FROM idempotency") }
        #expect(kept?.count == 32)
        let key = try database.read { try String.fetchOne($0.sqlite, sql: "SELECT key FROM idempotency") }
        #expect(key == registry.kept("key", of: .user(7)) && key != "key")
        #expect(kept != Data(DigestAlgorithm.sha256.digest(request)))
        func answer(of uid: UInt32, at now: UInt64) throws -> [UInt8]? {
            try database.read { try registry.answer(toKey: "key", of: .user(uid), request: request, at: now, in: $0) }
        }
        #expect(try answer(of: 7, at: Registry.answerSeconds) == Array("{}".utf8))
        #expect(try answer(of: 7, at: Registry.answerSeconds + 1) == nil)
        #expect(try answer(of: 8, at: 1) == nil)
    }

    private static func registry() throws -> Registry {
        try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
    }
}
