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
