extension RegistrySchema {
    /// The floor of the audit trail, below which alone lines can be deleted, and an index of codes without a list.
    ///
    /// The floor never falls, and it is never above the last line that the log of acts has stated. REPLACE deletes
    /// without firing a delete trigger, so an insert trigger refuses a lower floor too.
    static let retention = """
        CREATE TABLE trailFloor (
            only INTEGER PRIMARY KEY CHECK (only = 0), number INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TRIGGER trailFloorBegins BEFORE INSERT ON trailFloor
            WHEN EXISTS (SELECT 1 FROM trailFloor WHERE number > NEW.number)
                OR NOT EXISTS (SELECT 1 FROM trailChain WHERE number >= NEW.number)
            BEGIN SELECT RAISE(ABORT, 'the floor of the audit trail never falls, and the log of acts states it'); END;
        CREATE TRIGGER trailFloorRises BEFORE UPDATE ON trailFloor
            WHEN NEW.number < OLD.number OR NEW.number = OLD.number AND NEW.hash <> OLD.hash
                OR NOT EXISTS (SELECT 1 FROM trailChain WHERE number >= NEW.number)
            BEGIN SELECT RAISE(ABORT, 'the floor of the audit trail never falls, and the log of acts states it'); END;
        CREATE TRIGGER trailFloorStays BEFORE DELETE ON trailFloor
            BEGIN SELECT RAISE(ABORT, 'the floor of the audit trail stays'); END;
        DROP TRIGGER auditKeeps;
        CREATE TRIGGER auditKeeps BEFORE DELETE ON audit
            WHEN OLD.number > coalesce((SELECT number FROM trailFloor), 0)
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TRIGGER auditBegins AFTER INSERT ON audit WHEN NEW.number <= (SELECT number FROM trailFloor)
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE INDEX codeWithoutList ON code(issuedAt) WHERE list IS NULL;
        """
}
