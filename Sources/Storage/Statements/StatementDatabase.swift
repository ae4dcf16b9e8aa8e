/// A value of a column.
package enum ColumnValue {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    /// A number of at most 2⁶³ - 1.
    ///
    /// - Throws: `registry_corrupt` for a larger number, which only a damaged row can lead to.
    package static func integer(_ number: UInt64) throws(StorageError) -> ColumnValue { .integer(try number.stored) }
}

/// A database that runs the statements of ``StatementTransaction``.
///
/// Each statement is a constant of the source, so a database prepares it once. A mark for a value is `?`, or `?1`, `?2`
/// and so on where one value stands in several places.
package protocol StatementDatabase: SendableMetatype {
    associatedtype Row: StoredRow

    /// Runs a statement that gives no rows.
    ///
    /// A database may put off the statement to its next read, and then throws the statement's error there.
    ///
    /// - Parameters:
    ///   - sql: one statement.
    ///   - values: one value per mark; nil for NULL.
    /// - Throws: the error of the database.
    func run(_ sql: String, _ values: [ColumnValue?]) throws
    /// Runs a statement that gives no rows, at once.
    ///
    /// - Returns: the number of rows that it added, changed or deleted.
    func runCounting(_ sql: String, _ values: [ColumnValue?]) throws -> Int
    /// Reads the first row of a statement's result.
    ///
    /// - Parameters:
    ///   - sql: one statement.
    ///   - values: one value per mark; nil for NULL.
    ///   - read: makes a value from the row.
    /// - Returns: nil when there is no row.
    /// - Throws: the error of the database, or the error of `read`.
    func first<Value>(_ sql: String, _ values: [ColumnValue?], read: (Row) throws -> Value) throws -> Value?
    /// Visits the rows of a statement's result until `visit` returns false; it must not run the same statement.
    ///
    /// - Throws: the error of the database, or the error of `visit`.
    func visit(_ sql: String, _ values: [ColumnValue?], visit: (Row) throws -> Bool) throws
    /// Whether there is a table of this name; a database of an earlier version may lack one.
    func hasTable(_ name: String) throws -> Bool
}

extension StatementDatabase {
    package func run(_ sql: String, _ values: ColumnValue?...) throws { try run(sql, values) }

    package func runCounting(_ sql: String, _ values: ColumnValue?...) throws -> Int { try runCounting(sql, values) }

    package func first<Value>(
        _ sql: String, _ values: ColumnValue?..., read: (Row) throws -> Value
    ) throws -> Value? {
        try first(sql, values, read: read)
    }

    /// Reads every row of a statement's result.
    ///
    /// - Parameters:
    ///   - sql: one statement.
    ///   - values: one value per mark; nil for NULL.
    ///   - read: makes a value from a row.
    /// - Returns: one value per row.
    /// - Throws: the error of the database, or the error of `read`.
    package func all<Value>(
        _ sql: String, _ values: ColumnValue?..., read: (Row) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        try visit(sql, values) { row in
            found.append(try read(row))
            return true
        }
        return found
    }

    package func visit(_ sql: String, _ values: ColumnValue?..., visit: (Row) throws -> Bool) throws {
        try self.visit(sql, values, visit: visit)
    }
}
