import GRDB

/// The log's tables, in the registry's file so that an entry, its openings and its answer are one transaction.
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

    static func create(_ database: Database) throws {
        try database.execute(sql: statements)
    }
}
