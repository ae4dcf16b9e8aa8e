extension RegistrySchema {
    /// The tables of the position, which has one row, and of the checkpoint that the log must reach after a recovery.
    ///
    /// The trigger records every transaction that opens a block of status indices.
    static let positions = """
        CREATE TABLE installation (
            only INTEGER PRIMARY KEY CHECK (only = 0), id BLOB NOT NULL, commitCount INTEGER NOT NULL,
            blockCommitCount INTEGER NOT NULL) STRICT;
        CREATE TRIGGER statusBlockOpens AFTER INSERT ON statusBlock
            BEGIN UPDATE installation SET blockCommitCount = commitCount + 1; END;
        CREATE TABLE log_floor (
            only INTEGER PRIMARY KEY CHECK (only = 0), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
        """
}
