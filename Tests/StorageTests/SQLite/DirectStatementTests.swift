import GRDB
import Testing

@testable import Storage

@Suite("A direct statement")
struct DirectStatementTests {
    @Test("gives back what it was given, empty values and NULL included")
    func values() throws {
        try DatabaseQueue().write { database in
            try database.execute(sql: "CREATE TABLE t (a INTEGER, b TEXT, c BLOB, d INTEGER) STRICT")
            let long = [UInt8](0...255) + [UInt8](repeating: 0, count: 5000)
            for (number, text, bytes) in [(Int64.max, "", []), (.min, "\0字", [0]), (0, "a", long)] {
                try database.run(
                    "INSERT INTO t VALUES (?, ?, ?, ?)", .integer(number), .text(text), .bytes(bytes), nil)
                let row = try database.first("SELECT a, c, d, b, typeof(b) FROM t WHERE b = ?", .text(text)) { row in
                    (row.integer(0), row.bytes(1), row.integer(2), row.bytes(3), row.integer(4))
                }
                #expect(row?.0 == number)
                #expect(row?.1 == bytes)
                #expect(row?.2 == nil && row?.3 == nil && row?.4 == nil)
            }
            #expect(try database.first("SELECT a FROM t WHERE b = 'z'", read: { $0.integer(0) }) == nil)
            // As others read it.
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM t WHERE typeof(c) = 'blob'") == 3)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM t WHERE typeof(b) = 'text'") == 3)
        }
    }

    @Test("throws what SQLite says, without the values, and can be run again")
    func failures() throws {
        try DatabaseQueue().write { database in
            try database.execute(sql: "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT")
            let sql = "INSERT INTO t VALUES (?, ?)"
            try database.run(sql, .integer(1 as Int64), .text("b"))
            let error = #expect(throws: DatabaseError.self) {
                try database.run(sql, .integer(1 as Int64), .text("somebody"))
            }
            #expect(error?.resultCode == .SQLITE_CONSTRAINT)
            #expect(error?.message == "UNIQUE constraint failed: t.a")
            #expect(error.map { "\($0)" }?.contains("somebody") == false)
            try database.run(sql, .integer(2 as Int64), .text("c"))
            #expect(throws: DatabaseError.self) { try database.run("INSERT INTO none VALUES (1)") }
            #expect(throws: CancellationError.self) {
                try database.first("SELECT a FROM t") { _ in throw CancellationError() }
            }
            #expect(try database.first("SELECT a FROM t ORDER BY a DESC", read: { $0.integer(0) }) == 2)
        }
    }
}
