extension StatementTransaction {
    package func issuedCount(of uid: UInt64, form: String) throws -> IssuedCount? {
        try database.first(
            "SELECT day, count FROM issuedCount WHERE uid = ? AND form = ?", .integer(uid), .text(form)
        ) { IssuedCount(day: try $0.unsigned(0), count: try $0.unsigned(1)) }
    }

    package func putIssuedCount(_ count: IssuedCount, of uid: UInt64, form: String) throws {
        try database.run(
            """
            INSERT INTO issuedCount VALUES (?, ?, ?, ?)
            ON CONFLICT (uid, form) DO UPDATE SET day = excluded.day, count = excluded.count
            """, .integer(uid), .text(form), .integer(count.day), .integer(count.count))
    }
}
