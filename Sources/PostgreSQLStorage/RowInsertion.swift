import Storage

/// A statement that adds one row of values, which can add many rows at once.
struct RowInsertion {
    /// The most rows of one statement.
    static let rowCountMax = 64

    /// The statement up to the first row's values.
    private let head: String
    private let row: String

    /// - Parameter sql: a statement; nil for every other than `INSERT INTO … VALUES (?, …)`.
    init?(_ sql: String) {
        guard sql.hasPrefix("INSERT INTO "), let place = sql.firstRange(of: " VALUES ") else { return nil }
        head = String(sql[..<place.upperBound])
        row = String(sql[place.upperBound...])
        guard row.hasPrefix("("), row.hasSuffix(")"),
            row.dropFirst().dropLast().split(separator: ", ", omittingEmptySubsequences: false)
                .allSatisfy({ $0 == "?" })
        else { return nil }
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

    /// The beginnings of statements on tables that no trigger of another table reads, and whose own read no other.
    private static let independent = ["idempotency", "issuedCount", "log_heads", "acts_heads"].map {
        "INSERT INTO \($0) "
    }

    /// Sends the rows that wait before another statement, unless the two have nothing to do with each other.
    func sendRows(before sql: String) throws(PostgreSQLFailure) {
        guard !waitingRows.isEmpty, !Self.independent.contains(where: sql.hasPrefix) else { return }
        try sendRows()
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
