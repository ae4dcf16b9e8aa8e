/// The table of the codes that callers with a quota have issued.
enum QuotaSchema {
    /// One row for each caller and form, with the newest day's count, which never falls.
    static let tables = """
        CREATE TABLE issuedCount (
            uid INTEGER NOT NULL, form TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (uid, form)) WITHOUT ROWID;
        CREATE TRIGGER issuedCountRises BEFORE UPDATE ON issuedCount
            WHEN NEW.day < OLD.day OR NEW.day = OLD.day AND NEW.count < OLD.count
            BEGIN SELECT RAISE(ABORT, 'a count of codes never falls'); END;
        CREATE TRIGGER issuedCountStays BEFORE DELETE ON issuedCount
            BEGIN SELECT RAISE(ABORT, 'a count of codes stays in the registry'); END;
        """
}

extension SQLiteTransaction {
    func issuedCount(of uid: UInt64, form: String) throws -> IssuedCount? {
        try database.first(
            "SELECT day, count FROM issuedCount WHERE uid = ? AND form = ?", .integer(uid), .text(form)
        ) { IssuedCount(day: try $0.unsigned(0), count: try $0.unsigned(1)) }
    }

    func putIssuedCount(_ count: IssuedCount, of uid: UInt64, form: String) throws {
        try database.run(
            """
            INSERT INTO issuedCount VALUES (?, ?, ?, ?)
            ON CONFLICT (uid, form) DO UPDATE SET day = excluded.day, count = excluded.count
            """, .integer(uid), .text(form), .integer(count.day), .integer(count.count))
    }
}
