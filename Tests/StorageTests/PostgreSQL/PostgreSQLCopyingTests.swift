import TestSupport
import Testing

@testable import PostgreSQLStorage
@testable import Storage

@Suite("A registry's tables in PostgreSQL", .enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLCopyingTests {
    @Test("can be copied row by row into another registry, which then holds the same")
    func copied() async throws {
        var random = SeededGenerator(seed: 4)
        let places = try (0..<2).map { _ in try PostgreSQLPlace.empty(PostgreSQLServer.shared) }
        let stores = try places.map { place in
            try PostgreSQLStore.create(at: place, trusting: [])
            return try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher())
        }
        for _ in 0..<400 {
            let step = StoreStep.random(using: &random)
            _ = try? await stores[0].write { try step.run($0) }
        }
        let tables = try stores[0].tables()
        var rowCount = 0
        for table in tables {
            var rows: [[ColumnValue?]] = []
            try stores[0].visitRows(of: table.name, columns: table.columns) { rows.append($0) }
            try stores[1].copyIn(table: table.name, columns: table.columns, rows: rows)
            rowCount += rows.count
        }
        #expect(rowCount > 50)
        let contents = try stores.map { try $0.read(StoreContents.lines) }
        #expect(contents[0] == contents[1])
        let position = try await stores[1].write { transaction in
            try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
            return try transaction.position()
        }
        #expect(try position == stores[0].position())
        #expect(throws: StorageError.self) {
            try stores[1].copyIn(
                table: "installation", columns: ["only", "id", "commitCount", "blockCommitCount"],
                rows: [[.integer(0 as Int64), .bytes([1]), .integer(1 as Int64), .integer(1 as Int64)]])
        }
    }

    @Test("have the names and the columns of SQLite's")
    func names() throws {
        let scratch = try ScratchRegistry()
        let names = try RegistryDatabase(readingOnly: scratch.path).tablesOfSQLite()
        let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        try PostgreSQLStore.create(at: place, trusting: [])
        let tables = try PostgreSQLStore(readingOnly: place).tables().map { "\($0.name): \($0.columns)" }
        #expect(tables.sorted() == names.sorted())
    }
}
