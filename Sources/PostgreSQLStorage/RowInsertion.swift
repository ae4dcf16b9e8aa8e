import Storage

/// A statement that adds one row of values, which can add many rows at once.
struct RowInsertion {
    /// The most rows of one statement.
    static let rowCountMax = 64

    let table: String
    /// The statement up to the first row's values.
    private let head: String
    private let row: String

    /// - Parameter sql: a statement; nil for every other than `INSERT INTO … VALUES (?, …)`.
    init?(_ sql: String) {
        let (start, values) = ("INSERT INTO ", " VALUES ")
        guard sql.hasPrefix(start), let place = sql.firstRange(of: values) else { return nil }
        head = String(sql[..<place.upperBound])
        row = String(sql[place.upperBound...])
        guard row.hasPrefix("("), row.hasSuffix(")"),
            row.dropFirst().dropLast().split(separator: ", ", omittingEmptySubsequences: false).allSatisfy({ $0 == "?" })
        else { return nil }
        table = String(sql.dropFirst(start.count).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    /// The statement for a number of rows.
    func sql(rowCount: Int) -> String {
        head + (0..<rowCount).map { _ in row }.joined(separator: ", ")
    }
}

/// Rows that were added and not sent yet.
struct WaitingRows {
    let insertion: RowInsertion
    var rows: [[ColumnValue?]] = []
}

extension PostgreSQLSession {
    /// Keeps a row for a statement with others.
    ///
    /// - Returns: false for a statement that cannot have many rows.
    func keepRow(_ sql: String, _ values: [ColumnValue?]) throws(PostgreSQLFailure) -> Bool {
        if insertions[sql] == nil { insertions[sql] = .some(RowInsertion(sql)) }
        guard let insertion = insertions[sql] ?? nil else { return false }
        if let failure { throw failure }
        waitingRows[sql, default: WaitingRows(insertion: insertion)].rows.append(values)
        guard waitingRows[sql]?.rows.count == RowInsertion.rowCountMax else { return true }
        if let waiting = waitingRows.removeValue(forKey: sql) { try send(waiting) }
        return true
    }

    /// Sends rows that wait for the tables that a statement names, since it may change them.
    func sendRows(before sql: String) throws(PostgreSQLFailure) {
        for (key, waiting) in waitingRows where sql.contains(waiting.insertion.table) {
            waitingRows[key] = nil
            try send(waiting)
        }
    }

    /// Sends every row that waits.
    func sendRows() throws(PostgreSQLFailure) {
        guard !waitingRows.isEmpty else { return }
        let all = waitingRows
        waitingRows = [:]
        for waiting in all.values { try send(waiting) }
    }

    /// The numbers of rows are powers of two, so that few statements are prepared.
    private func send(_ waiting: WaitingRows) throws(PostgreSQLFailure) {
        var rest = waiting.rows[...]
        while !rest.isEmpty {
            let count = 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount)
            try send(waiting.insertion.sql(rowCount: count), rest.prefix(count).flatMap(\.self))
            rest = rest.dropFirst(count)
        }
    }
}
