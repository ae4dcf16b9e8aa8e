import GRDB

/// The logs' tables, in the registry's file so that an entry, its openings and its answer are one transaction.
enum LogSchema {
    static let statements = """
        CREATE TABLE log_entries (
            idx INTEGER PRIMARY KEY, object BLOB NOT NULL, sequence INTEGER NOT NULL, leaf_hash BLOB NOT NULL,
            recorded_at INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (object, sequence)) STRICT;
        CREATE TABLE log_heads (
            object BLOB PRIMARY KEY, sequence INTEGER NOT NULL, leaf_hash BLOB NOT NULL, idx INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE log_openings (
            idx INTEGER NOT NULL, commitment BLOB NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (idx, commitment)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE log_requests (
            key TEXT PRIMARY KEY, digest BLOB NOT NULL, idx INTEGER NOT NULL, sequence INTEGER NOT NULL,
            leaf_hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// The table of openings, whose rows never move; see the openings' extension of ``SQLiteTransaction``.
    static let lastingOpenings = """
        ALTER TABLE log_openings RENAME TO log_openings_before;
        CREATE TABLE log_openings (
            number INTEGER PRIMARY KEY, commitment BLOB NOT NULL, is_kept INTEGER NOT NULL, sealed BLOB NOT NULL
        ) STRICT;
        INSERT INTO log_openings SELECT
            idx << 8 | (row_number() OVER (PARTITION BY idx ORDER BY commitment) - 1) AS number, commitment, 1, sealed
            FROM log_openings_before ORDER BY number;
        DROP TABLE log_openings_before;
        """

    /// The tables of another log than the trace log, in their newest form.
    static func tables(of log: LogName) -> String {
        let name = log.rawValue
        return """
            CREATE TABLE \(name)_entries (
                idx INTEGER PRIMARY KEY, object BLOB NOT NULL, sequence INTEGER NOT NULL, leaf_hash BLOB NOT NULL,
                recorded_at INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (object, sequence)) STRICT;
            CREATE TABLE \(name)_heads (
                object BLOB PRIMARY KEY, sequence INTEGER NOT NULL, leaf_hash BLOB NOT NULL, idx INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE \(name)_openings (
                number INTEGER PRIMARY KEY, commitment BLOB NOT NULL, is_kept INTEGER NOT NULL, sealed BLOB NOT NULL
            ) STRICT;
            CREATE TABLE \(name)_requests (
                key TEXT PRIMARY KEY, digest BLOB NOT NULL, idx INTEGER NOT NULL, sequence INTEGER NOT NULL,
                leaf_hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE \(name)_floor (
                only INTEGER PRIMARY KEY CHECK (only = 0), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
            """
    }

    static func create(_ database: Database) throws {
        try database.execute(sql: statements)
    }
}
