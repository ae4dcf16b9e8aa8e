/// The rows of a registry at one moment, without the rules about them, for a move to another store.
package protocol StoredTables {
    /// Every table of the registry, sorted by name.
    func tables() throws -> [StoredTable]
    /// Visits every row of a table, in any order.
    ///
    /// - Parameters:
    ///   - table: one of ``tables()``.
    ///   - visit: gets a value for each column; nil for NULL.
    /// - Throws: the error of the store, or of `visit`.
    func visitRows(of table: StoredTable, _ visit: ([ColumnValue?]) throws -> Void) throws
    /// The highest number that a line of the audit trail ever had, a deleted line among them.
    func newestAuditNumber() throws -> UInt64
}

/// A table of a registry, with its columns in their order.
package struct StoredTable: Sendable, Equatable {
    package let name: String
    package let columns: [String]

    package init(name: String, columns: [String]) {
        self.name = name
        self.columns = columns
    }
}
