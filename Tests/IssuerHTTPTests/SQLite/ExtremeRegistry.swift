import IssuerTestSupport
import IssuerInterface
import Encoding
import GRDB
import Glibc
import Issuing
import Storage
import TestSupport
import Testing

/// An installation whose tables all have rows, to be filled with what a damaged disk or a stranger may put there.
final class ExtremeRegistry {
    /// What any column may hold as far as SQLite is concerned, as SQL.
    static let values = [
        "NULL", "\(Int64.min)", "-1", "0", "\(Int64.max)", "0.5", "x''", "zeroblob(33)", "zeroblob(65536)", "''",
        "replace(hex(zeroblob(32768)), '00', 'aé')",
    ]

    /// A column's place.
    struct Column: CustomStringConvertible {
        let table: String
        let name: String
        let type: String

        var description: String { "\(table).\(name)" }
    }

    let installation: Installation
    private let copy: String
    private(set) var orders = ExtremeOrders()

    /// Makes the installation and lets a daemon fill its tables.
    init() throws {
        installation = try Installation()
        copy = installation.folder("copy")
        var settings = Settings()
        settings.statusHeadroomCount = 64
        settings.logHeadsInterval = 256
        try installation.write(settings)
        let daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        try orders.prepare(client)
        for order in orders.all { _ = try? client.ask(order.operation, order.body, idempotencyKey: order.key) }
        try #require(daemon.end(SIGTERM) == 0)
        try fillEmptyTables()
        try #require(HTTPDaemon.run(["cp", "-a", installation.state.path, copy]).status == 0)
    }

    /// Every table of the newest schema.
    static func tables() throws -> [String] {
        let folder = try ScratchFolder()
        try RegistryDatabase.create(at: folder("registry.sqlite"), trusting: [])
        return try DatabaseQueue(path: folder("registry.sqlite")).read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                    ORDER BY name
                    """)
        }
    }

    func columns(of table: String) throws -> [Column] {
        try DatabaseQueue(path: installation.state.registry).read { try Self.columns(of: table, $0) }
    }

    private static func columns(of table: String, _ database: Database) throws -> [Column] {
        try Row.fetchAll(database, sql: "PRAGMA table_info(\(table))").map { row in
            Column(table: table, name: row["name"], type: row["type"])
        }
    }

    /// Gives each table without rows one that its own rules allow: 0, a letter, and the SHA-256 of nothing.
    private func fillEmptyTables() throws {
        let digest = "x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"
        let tables = try Self.tables()
        try DatabaseQueue(path: installation.state.registry).write { database in
            for table in tables where try Row.fetchOne(database, sql: "SELECT 1 FROM \(table) LIMIT 1") == nil {
                let values = try Self.columns(of: table, database).map { column in
                    ["INTEGER": "0", "TEXT": "'a'"][column.type] ?? digest
                }
                try database.execute(sql: "INSERT INTO \(table) VALUES (\(values.joined(separator: ", ")))")
            }
        }
    }

    /// Puts the state back as it was made, and then a value into a column, in every row that may have it; where it is
    /// long, in the rows of one of the column's values alone.
    ///
    /// - Returns: false where SQLite lets no row have it.
    func put(_ value: String, into column: Column) throws -> Bool {
        let state = installation.state.path
        try #require(HTTPDaemon.run(["rm", "-rf", state]).status == 0)
        try #require(HTTPDaemon.run(["cp", "-a", copy, state]).status == 0)
        return try DatabaseQueue(path: installation.state.registry).write { database in
            // The triggers keep the registry's own statements in order, and no disk from changing a row.
            let triggers = try Row.fetchAll(database, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
            // STRICT tables refuse another type whatever is said of conflicts.
            let (table, name) = (column.table, column.name)
            let isLong = value.contains("65536") || value.contains("32768")
            let place = isLong ? " WHERE \(name) IS (SELECT \(name) FROM \(table) LIMIT 1)" : ""
            _ = try? database.execute(sql: "UPDATE OR IGNORE \(table) SET \(name) = \(value)\(place)")
            let count = database.changesCount
            for trigger in triggers { try database.execute(sql: trigger["sql"] as String) }
            return count > 0
        }
    }
}
