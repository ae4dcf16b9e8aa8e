package import GRDB
import GRDBSQLite

/// A statement's current row; valid only inside the closure that receives it.
@safe package struct DirectRow: StoredRow {
    fileprivate let statement: OpaquePointer

    package func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    /// The column's name in the statement's result.
    package func name(_ column: Int) -> String {
        unsafe sqlite3_column_name(statement, Int32(column)).map { unsafe String(cString: $0) } ?? "a column"
    }

    /// A text; nil for anything else.
    package func string(_ column: Int) -> String? {
        guard unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_TEXT else { return nil }
        let start = unsafe sqlite3_column_text(statement, Int32(column))
        let count = unsafe sqlite3_column_bytes(statement, Int32(column))
        return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }

    /// A whole number; nil for anything else.
    package func integer(_ column: Int) -> Int64? {
        guard unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_INTEGER else { return nil }
        return unsafe sqlite3_column_int64(statement, Int32(column))
    }

    /// Bytes; nil for anything else.
    package func bytes(_ column: Int) -> [UInt8]? {
        guard unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_BLOB else { return nil }
        let start = unsafe sqlite3_column_blob(statement, Int32(column))
        let count = unsafe sqlite3_column_bytes(statement, Int32(column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
    }
}

/// Statements with SQLite's own calls.
///
/// GRDB's arguments and rows take several times as long as SQLite's work, and GRDB's typed subscripts end the process
/// for a value of another type.
extension Database: StatementDatabase {
    package func run(_ sql: String, _ values: [ColumnValue?]) throws {
        _ = try step(sql, values) { _ in }
    }

    package func runCounting(_ sql: String, _ values: [ColumnValue?]) throws -> Int {
        try run(sql, values)
        return changesCount
    }

    package func first<Value>(
        _ sql: String, _ values: [ColumnValue?], read: (DirectRow) throws -> Value
    ) throws -> Value? {
        try step(sql, values, read)
    }

    package func hasTable(_ name: String) throws -> Bool { try tableExists(name) }

    private func step<Value>(
        _ sql: String, _ values: [ColumnValue?], _ read: (DirectRow) throws -> Value
    ) throws -> Value? {
        let prepared = try bound(sql, values)
        let statement = unsafe prepared.sqliteStatement
        defer { unsafe sqlite3_reset(statement) }
        let result = unsafe sqlite3_step(statement)
        switch result {
        case SQLITE_ROW: return try read(unsafe DirectRow(statement: statement))
        case SQLITE_DONE: return nil
        default: throw failure(result, sql)
        }
    }

    package func visit(_ sql: String, _ values: [ColumnValue?], visit: (DirectRow) throws -> Bool) throws {
        let prepared = try bound(sql, values)
        let statement = unsafe prepared.sqliteStatement
        defer { unsafe sqlite3_reset(statement) }
        while true {
            let result = unsafe sqlite3_step(statement)
            switch result {
            case SQLITE_ROW: if try !visit(unsafe DirectRow(statement: statement)) { return }
            case SQLITE_DONE: return
            default: throw failure(result, sql)
            }
        }
    }

    /// The statement with its values bound; the caller resets it after stepping.
    private func bound(_ sql: String, _ values: [ColumnValue?]) throws -> Statement {
        let prepared = try cachedStatement(sql: sql)
        let statement = unsafe prepared.sqliteStatement
        // No input reaches this: the statement and its values are constants of the source.
        precondition(unsafe Int(sqlite3_bind_parameter_count(statement)) == values.count, "a value for every mark")
        for (place, value) in values.enumerated() {
            let result = unsafe Self.bind(value, to: Int32(place + 1), of: statement)
            guard result == SQLITE_OK else {
                unsafe sqlite3_reset(statement)
                throw failure(result, sql)
            }
        }
        return prepared
    }

    /// Binds a value; SQLite keeps its own copy of it.
    private static func bind(_ value: ColumnValue?, to place: Int32, of statement: OpaquePointer) -> Int32 {
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .integer(let number): return unsafe sqlite3_bind_int64(statement, place, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    unsafe sqlite3_bind_text(
                        statement, place, characters.baseAddress, Int32(characters.count), copied)
                }
            }
        case .bytes(let bytes) where bytes.isEmpty: return unsafe sqlite3_bind_zeroblob(statement, place, 0)
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBytes { bytes in
                unsafe sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), copied)
            }
        case nil: return unsafe sqlite3_bind_null(statement, place)
        }
    }

    /// SQLite's error for a statement, without the values, which may be personal.
    private func failure(_ result: Int32, _ sql: String) -> DatabaseError {
        let words = unsafe sqlite3_errmsg(sqliteConnection).map { unsafe String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: result), message: words, sql: sql)
    }
}
