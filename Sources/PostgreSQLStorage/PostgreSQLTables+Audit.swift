import Storage

extension PostgreSQLTables {
    static let appendOnly = "the audit trail is append-only"
    private static let floorRises = "the floor of the audit trail never falls, and the log of acts states it"

    /// The trail, in a part for each month, and what is known of its end and its beginning.
    ///
    /// Lines can be deleted up to the trail's floor alone. The floor never falls, and it is never above the last line
    /// that the log of acts has stated.
    static let audit =
        [
            """
            CREATE TABLE trailChain (
                "only" bigint PRIMARY KEY CHECK ("only" = 0), number bigint NOT NULL, hash bytea NOT NULL)
            """,
            """
            CREATE TABLE trailFloor (
                "only" bigint PRIMARY KEY CHECK ("only" = 0), number bigint NOT NULL, hash bytea NOT NULL)
            """,
            """
            CREATE FUNCTION raiseTrailFloor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM trailChain WHERE number >= NEW.number) THEN
                    RAISE EXCEPTION '%', TG_ARGV[0]; END IF;
                IF TG_OP = 'UPDATE' THEN
                    IF NEW.number < OLD.number OR NEW.number = OLD.number AND NEW.hash <> OLD.hash THEN
                        RAISE EXCEPTION '%', TG_ARGV[0]; END IF;
                END IF;
                RETURN NEW; END $$
            """,
            """
            CREATE TRIGGER trailFloorRises BEFORE INSERT OR UPDATE ON trailFloor
                FOR EACH ROW EXECUTE FUNCTION raiseTrailFloor('\(floorRises)')
            """,
            """
            CREATE TABLE audit (
                number bigint NOT NULL, at bigint NOT NULL, uid bigint NOT NULL, action text COLLATE "C" NOT NULL,
                subject text COLLATE "C" NOT NULL, detail text COLLATE "C", PRIMARY KEY (number, at)
                ) PARTITION BY RANGE (at)
            """,
            "CREATE TABLE auditFloor (\"only\" bigint PRIMARY KEY CHECK (\"only\" = 0), number bigint NOT NULL)",
            """
            CREATE FUNCTION beginAuditLine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.number <= (SELECT number FROM trailFloor) THEN RAISE EXCEPTION '%', TG_ARGV[0]; END IF;
                RETURN NEW; END $$
            """,
            """
            CREATE FUNCTION keepAuditLine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF OLD.number > coalesce((SELECT number FROM trailFloor), 0) THEN
                    RAISE EXCEPTION '%', TG_ARGV[0]; END IF;
                RETURN OLD; END $$
            """,
            """
            CREATE TRIGGER auditBegins BEFORE INSERT ON audit
                FOR EACH ROW EXECUTE FUNCTION beginAuditLine('\(appendOnly)')
            """,
            """
            CREATE TRIGGER auditStays BEFORE DELETE ON audit
                FOR EACH ROW EXECUTE FUNCTION keepAuditLine('\(appendOnly)')
            """,
            refusal("auditKeeps", "UPDATE ON audit FOR EACH ROW", appendOnly),
            refusal("auditRemains", "TRUNCATE ON audit FOR EACH STATEMENT", appendOnly),
        ] + stays("trailFloor", "the floor of the audit trail stays")
}
