extension RegistrySchema {
    /// The tables of issued codes: digests until their day is published, minutes, and published sets.
    ///
    /// Digests are only added at the table's end.
    static let issuances = """
        CREATE TABLE issuance (number INTEGER PRIMARY KEY, minute INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
        CREATE TABLE issuedMinute (
            minute INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, entry INTEGER) STRICT;
        CREATE TABLE issuedSet (
            minute INTEGER NOT NULL, span INTEGER NOT NULL, count INTEGER NOT NULL, bits INTEGER NOT NULL,
            entry INTEGER NOT NULL, PRIMARY KEY (minute, span)) STRICT, WITHOUT ROWID;
        CREATE TABLE trailChain (
            only INTEGER PRIMARY KEY CHECK (only = 0), number INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
        """
}
