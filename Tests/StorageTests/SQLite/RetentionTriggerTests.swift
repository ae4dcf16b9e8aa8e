import Credential
import GRDB
import Signing
import TestSupport
import Testing

@testable import Storage

/// The rules that the file itself keeps about what may go.
@Suite("The audit trail in a file")
struct RetentionTriggerTests {
    private let scratch: ScratchRegistry
    private let database: RegistryDatabase

    init() async throws {
        scratch = try ScratchRegistry()
        database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        try await database.write { transaction in
            for _ in 0..<9 {
                try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
            }
            try transaction.putTrailChain(TrailChainState(number: 6, hash: [1]))
            try transaction.raiseTrailFloor(to: TrailChainState(number: 4, hash: [1]))
        }
    }

    @Test(
        "keeps every line above its floor",
        arguments: [
            "DELETE FROM audit", "DELETE FROM audit WHERE number = 5", "UPDATE audit SET uid = 1 WHERE number = 1",
            "REPLACE INTO audit VALUES (5, 1, 0, 'a', 'b', NULL)", "INSERT INTO audit VALUES (4, 1, 0, 'a', 'b', NULL)",
            "DELETE FROM audit WHERE number = 4; INSERT INTO audit VALUES (4, 1, 0, 'a', 'b', NULL)",
            "UPDATE trailFloor SET number = 3", "UPDATE trailFloor SET number = 7", "UPDATE trailFloor SET hash = x''",
            "DELETE FROM trailFloor", "REPLACE INTO trailFloor VALUES (0, 3, x'01')",
            "REPLACE INTO trailFloor VALUES (0, 7, x'01')",
        ])
    func refused(statement: String) async throws {
        await #expect(throws: StorageError.self) {
            try await database.write { try $0.sqlite.execute(sql: statement) }
        }
        let lines = try database.read { try $0.auditLines(after: 0, count: 100, subject: nil) }
        #expect(lines.map(\.number) == Array(5...9) && lines.allSatisfy { $0.uid == 0 })
    }

    @Test("lets the lines below its floor go")
    func allowed() async throws {
        try await database.write { try $0.sqlite.execute(sql: "DELETE FROM audit WHERE number <= 4") }
        #expect(try database.read { try Int.fetchOne($0.sqlite, sql: "SELECT count(*) FROM audit") } == 5)
    }

    @Test("finds codes without a list by an index")
    func plan() throws {
        let plan = try database.read { snapshot in
            try Row.fetchAll(
                snapshot.sqlite,
                sql: "EXPLAIN QUERY PLAN SELECT id FROM code WHERE list IS NULL AND issuedAt < 9 AND expiresAt <= 9")
        }
        #expect(plan.contains { ($0["detail"] as String?)?.contains("codeWithoutList") == true })
    }

    /// `first.sql` is a registry of an earlier version; ``EarlierRegistryTests`` says what is in it.
    @Test("and the codes of a registry of an earlier version go by the same rules")
    func earlier() async throws {
        let scratch = try ScratchFolder()
        let dump = String(
            decoding: try ProjectFiles.bytes(ProjectFiles.fixtures + "/registry/first.sql"), as: UTF8.self)
        // The registry has lasting codes only.
        let ended = """
            INSERT INTO code VALUES (x'01', '148de1c57407864f42caf2a37661bff3', 1, 1, 'SH-person-20833', 5, NULL, NULL,
                1800000100, 1800050000, x'dd659839');
            INSERT INTO code VALUES (x'02', '148de1c57407864f42caf2a37661bff3', 1, 2, NULL, NULL, NULL, NULL,
                1800000100, 1800000220, x'dd659839');
            """
        try await DatabaseQueue(path: scratch("registry.sqlite")).writeWithoutTransaction {
            try $0.execute(sql: dump + ended)
        }
        let database = try RegistryDatabase(path: scratch("registry.sqlite"), cipher: ScratchRegistry.cipher())
        let registry = Registry(cipher: try ScratchRegistry.cipher(), random: SystemRandom())
        let count = { try database.read { try Int.fetchOne($0.sqlite, sql: "SELECT count(*) FROM code") } }
        #expect(try count() == 4)
        while try await database.write({ try registry.dropCodes(before: 100_000, in: $0) }) {}
        #expect(try count() == 2)
        #expect(try database.read { try $0.trailFloor() } == nil)
        #expect(try database.read { try $0.auditLines(after: 0, count: 9, subject: nil) }.count == 7)
    }
}
