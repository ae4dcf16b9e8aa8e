import Storage

extension PostgreSQLTables {
    /// The second version: the lease, the newest checkpoint of each log, and the marks of changes that other daemons
    /// must see soon, though they keep copies of what was changed.
    ///
    /// The epoch is a key, so that a change of the holder waits for every transaction that has locked the row's key
    /// (`FOR KEY SHARE`), and a renewal waits for none.
    static let sharing =
        [
            """
            CREATE TABLE log_lease (
                "only" bigint PRIMARY KEY CHECK ("only" = 0), epoch bigint NOT NULL UNIQUE, holder bytea NOT NULL,
                expires timestamptz NOT NULL) WITH (fillfactor = 10)
            """,
            "INSERT INTO log_lease VALUES (0, 0, '', '-infinity')",
            refusal(
                "leaseOnward",
                """
                UPDATE ON log_lease FOR EACH ROW
                WHEN (NEW.epoch < OLD.epoch
                    OR NEW.epoch = OLD.epoch AND NEW.holder <> OLD.holder AND NEW.holder <> '')
                """, "each holder of the lease has a higher epoch"),
            """
            CREATE TABLE log_head (
                log text COLLATE "C" PRIMARY KEY, size bigint NOT NULL, epoch bigint NOT NULL, bytes bytea NOT NULL
                ) WITH (fillfactor = 10)
            """,
            refusal(
                "headOnward", "UPDATE ON log_head FOR EACH ROW WHEN (NEW.size < OLD.size)",
                "a published log does not become shorter"),
            """
            CREATE FUNCTION noteChange() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO counter VALUES (TG_ARGV[0], coalesce((SELECT commitCount + 1 FROM installation), 0))
                    ON CONFLICT (name) DO UPDATE SET value = greatest(counter.value, excluded.value);
                RETURN NULL; END $$
            """,
            note("revocationShows", "INSERT ON revocation FOR EACH STATEMENT", .lists),
            note("issuerKeyShows", "INSERT OR UPDATE ON issuerKey FOR EACH STATEMENT", .lists),
            note("gateShows", "INSERT ON gate FOR EACH ROW", .gates),
            note(
                "gateChangeShows",
                """
                UPDATE ON gate FOR EACH ROW
                WHEN (NEW.status <> OLD.status OR NEW.receivingKey <> OLD.receivingKey OR NEW.domains <> OLD.domains)
                """, .gates),
        ] + stays("log_lease", "the lease has one row") + stays("log_head", "a published log stays published")

    private static func note(_ trigger: String, _ event: String, _ counter: SharedCounter) -> String {
        "CREATE TRIGGER \(trigger) AFTER \(event) EXECUTE FUNCTION noteChange('\(counter.rawValue)')"
    }
}
