import TestSupport
import Testing

@testable import PostgreSQLStorage
@testable import Storage

@Suite("A registry that moves from its file to PostgreSQL", .enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLMigrationTests {
    /// A file with rows of every kind that random operations make.
    private static func filled() async throws -> (ScratchRegistry, RegistryDatabase) {
        var random = SeededGenerator(seed: 4)
        let scratch = try ScratchRegistry()
        let store = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        for _ in 0..<400 {
            let step = StoreStep.random(using: &random)
            _ = try? await store.write { try step.run($0) }
        }
        return (scratch, store)
    }

    /// Whether the database has no registry, as before a refused move.
    private static func isEmpty(_ place: PostgreSQLAddress) -> Bool {
        do throws(StorageError) {
            _ = try PostgreSQLStore(readingOnly: place)
            return false
        } catch {
            return error.code == .registryMissing
        }
    }

    @Test("has the same rows, position and rules there, and gives no line of its trail a number again")
    func moved() async throws {
        let (scratch, file) = try await Self.filled()
        let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        let copied = try file.withTables { try PostgreSQLStore.create(at: place, with: $0) }
        #expect(copied.map(\.rowCount).reduce(0, +) > 50)
        let store = try PostgreSQLStore(at: place, cipher: ScratchRegistry.cipher())
        #expect(try store.read(StoreContents.lines) == file.read(StoreContents.lines))
        #expect(try store.position() == file.position())
        let next = try file.withTables { try $0.newestAuditNumber() } + 1
        let number = try await store.write { transaction in
            try transaction.insertAuditLine(uid: 0, action: "a", subject: "b", detail: nil, at: 1)
            return try transaction.auditLines(after: 0, count: 100_000, subject: nil).last?.number
        }
        #expect(number == next)
        // The triggers are on again.
        let rows = try file.withTables { try $0.tables().count }
        #expect(rows == copied.count)
        await #expect(throws: StorageError.self) {
            try await store.write { ($0 as? PostgreSQLTransaction)?.database }?.runNow("DELETE FROM audit")
        }
        withExtendedLifetime(scratch) {}
    }

    @Test("is refused where a registry is already, and that registry stays")
    func occupied() async throws {
        let (scratch, file) = try await Self.filled()
        let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
        try PostgreSQLStore.create(at: place, trusting: [])
        let before = try PostgreSQLStore(readingOnly: place).read(StoreContents.lines)
        let refusal = #expect(throws: StorageError.self) {
            try file.withTables { try PostgreSQLStore.create(at: place, with: $0) }
        }
        #expect(refusal?.code == .registryExists)
        #expect(try PostgreSQLStore(readingOnly: place).read(StoreContents.lines) == before)
        withExtendedLifetime(scratch) {}
    }

    @Test("makes nothing where tables, columns or rows are not what PostgreSQL keeps")
    func refused() async throws {
        let (scratch, file) = try await Self.filled()
        for (fault, code) in [
            (AlteredTables.Fault.extraTable, StorageError.Code.migrationRefused), (.missingColumn, .migrationRefused),
            (.textOfZero, .registryUnwritable), (.textAsNumber, .registryUnwritable), (.failure, .registryCorrupt),
        ] {
            let place = try PostgreSQLPlace.empty(PostgreSQLServer.shared)
            let refusal = #expect(throws: StorageError.self, "\(fault)") {
                try file.withTables {
                    try PostgreSQLStore.create(at: place, with: AlteredTables(whole: $0, fault: fault))
                }
            }
            #expect(refusal?.code == code, "\(fault): \(String(describing: refusal))")
            #expect(Self.isEmpty(place), "\(fault)")
        }
        withExtendedLifetime(scratch) {}
    }

    @Test("is compared row by row: a digest tells every changed, missing and doubled row")
    func digest() {
        let rows: [[ColumnValue?]] = [
            [.integer(1 as Int64), .text("1")], [.text("1"), .integer(1 as Int64)], [.bytes([0x31]), nil],
            [nil, .bytes([0x31])], [.text(""), .text("11")], [.text("1"), .text("1")], [.text("11"), .text("")],
        ]
        func digest(_ rows: [[ColumnValue?]]) -> TableDigest {
            rows.reduce(into: TableDigest()) { $0.add($1) }
        }
        let whole = digest(rows)
        #expect(digest(rows.reversed()) == whole)
        for place in rows.indices {
            var others = rows
            others.remove(at: place)
            #expect(digest(others) != whole)
            for (other, row) in rows.enumerated() where other != place {
                #expect(digest(others + [row]) != whole)
            }
        }
    }

    @Test("finds the names and the columns of SQLite's tables in PostgreSQL")
    func names() throws {
        let scratch = try ScratchRegistry()
        let file = try RegistryDatabase(readingOnly: scratch.path)
        let names = try file.withTables { try $0.tables() }.map { "\($0.name): \($0.columns)" }
        #expect(try names.sorted() == file.tablesOfSQLite().sorted())
    }
}

/// A registry's rows with one fault.
struct AlteredTables: StoredTables {
    enum Fault {
        case extraTable, missingColumn, textOfZero, textAsNumber, failure
    }

    let whole: any StoredTables
    let fault: Fault

    func tables() throws -> [StoredTable] {
        try whole.tables().map { table in
            guard fault == .missingColumn, table.name == "counter" else { return table }
            return StoredTable(name: table.name, columns: Array(table.columns.dropLast()))
        } + (fault == .extraTable ? [StoredTable(name: "zebra", columns: ["a"])] : [])
    }

    func visitRows(of table: StoredTable, _ visit: ([ColumnValue?]) throws -> Void) throws {
        guard table.name == "counter" else { return try whole.visitRows(of: table, visit) }
        switch fault {
        case .textOfZero: try visit([.text("a\0b"), .integer(1 as Int64)])
        case .textAsNumber: try visit([.text("a"), .text("b")])
        case .failure: throw StorageError.corruptRow("a counter")
        default: try whole.visitRows(of: table, visit)
        }
    }

    func newestAuditNumber() throws -> UInt64 { try whole.newestAuditNumber() }
}
