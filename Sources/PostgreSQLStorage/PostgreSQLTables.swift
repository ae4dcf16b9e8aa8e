import Storage

/// The tables of the first version; their columns stand in the order of SQLite's, as the shared statements need it.
///
/// Names are written as in the statements, and PostgreSQL keeps them in lower case. Texts are compared by their bytes.
enum PostgreSQLTables {
    static let statements =
        functions + subjects + codes + bookkeeping + audit + wallets + gates + issuances + erasure
        + LogName.allCases.flatMap(log)

    static func refusal(_ trigger: String, _ event: String, _ words: String) -> String {
        "CREATE TRIGGER \(trigger) BEFORE \(event) EXECUTE FUNCTION refuse('\(words)')"
    }

    /// Refuses that a row is deleted, and that the table is emptied.
    static func stays(_ table: String, _ words: String) -> [String] {
        [
            refusal("\(table)Stays", "DELETE ON \(table) FOR EACH ROW", words),
            refusal("\(table)Remains", "TRUNCATE ON \(table) FOR EACH STATEMENT", words),
        ]
    }

    /// Functions that SQLite has, and the refusal of every trigger.
    private static let functions = [
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$
        """,
        """
        CREATE FUNCTION instr(bytes bytea, part bytea) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
            AS $$ SELECT position(part IN bytes) $$
        """,
        """
        CREATE FUNCTION zeroblob(byteCount integer) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
            AS $$ SELECT decode(repeat('00', byteCount), 'hex') $$
        """,
    ]

    private static let subjects = [
        """
        CREATE TABLE person (
            subject bytea PRIMARY KEY, residentDigest bytea NOT NULL UNIQUE, links bytea NOT NULL,
            registeredAt bigint NOT NULL)
        """,
        """
        CREATE TABLE enterprise (
            uscc text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, registeredAt bigint NOT NULL)
        """,
        """
        CREATE TABLE object (
            id bytea PRIMARY KEY, kind bigint NOT NULL, manager text COLLATE "C" NOT NULL, category bigint NOT NULL,
            name text COLLATE "C", latitude bigint, longitude bigint, reference bigint, registeredAt bigint NOT NULL)
        """,
        "CREATE TABLE holderLink (subject bytea PRIMARY KEY, pair bytea NOT NULL)",
        "CREATE INDEX holderLinkByPair ON holderLink (pair)",
    ]

    /// Codes lie in a part for each day, and lasting codes in one of their own (``PostgreSQLPart``).
    private static let codes = [
        """
        CREATE TABLE code (
            id bytea NOT NULL, subject text COLLATE "C" NOT NULL, form bigint NOT NULL, kind bigint,
            list text COLLATE "C", statusIndex bigint, actorIndex bigint, actor text COLLATE "C",
            issuedAt bigint NOT NULL, expiresAt bigint, keyIdentifier bytea NOT NULL, holding bytea,
            day bigint NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)
        """,
        "CREATE INDEX codeBySubject ON code (subject, expiresAt)",
        "CREATE INDEX codeByActor ON code (actor, expiresAt) WHERE actor IS NOT NULL",
        "CREATE UNIQUE INDEX codeByStatus ON code (list, statusIndex, day) WHERE statusIndex IS NOT NULL",
        """
        CREATE TABLE statusBlock (
            list text COLLATE "C" NOT NULL, base bigint NOT NULL, shuffled bytea NOT NULL, used bigint NOT NULL,
            PRIMARY KEY (list, base)) WITH (fillfactor = 50)
        """,
        """
        CREATE FUNCTION noteStatusBlock() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN UPDATE installation SET blockCommitCount = commitCount + 1; RETURN NULL; END $$
        """,
        """
        CREATE TRIGGER statusBlockOpens AFTER INSERT ON statusBlock FOR EACH ROW EXECUTE FUNCTION noteStatusBlock()
        """,
        """
        CREATE TABLE revocation (
            list text COLLATE "C" NOT NULL, statusIndex bigint NOT NULL, revokedAt bigint NOT NULL, reason bytea,
            PRIMARY KEY (list, statusIndex))
        """,
        """
        CREATE TABLE statusFloor (list text COLLATE "C" PRIMARY KEY, base bigint NOT NULL)
        """,
    ]

    private static let bookkeeping =
        [
            """
            CREATE TABLE schemaVersion (
                version bigint PRIMARY KEY, usableFrom bigint NOT NULL CHECK (usableFrom BETWEEN 1 AND version),
                at timestamptz NOT NULL DEFAULT clock_timestamp())
            """,
            """
            CREATE TABLE writerTurn (
                "only" bigint PRIMARY KEY CHECK ("only" = 0), usableFrom bigint NOT NULL) WITH (fillfactor = 10)
            """,
            "INSERT INTO writerTurn VALUES (0, 1)",
            // Whoever takes the turn after a step sees in its row what the step says.
            """
            CREATE FUNCTION tellWriters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                UPDATE writerTurn SET usableFrom = greatest(usableFrom, NEW.usableFrom); RETURN NULL; END $$
            """,
            """
            CREATE TRIGGER schemaVersionShows AFTER INSERT ON schemaVersion
                FOR EACH ROW EXECUTE FUNCTION tellWriters()
            """,
            """
            CREATE TABLE writeBatch (
                id bytea PRIMARY KEY, isVoid smallint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())
            """,
            "CREATE INDEX writeBatchByTime ON writeBatch (at)",
            """
            CREATE TABLE installation (
                "only" bigint PRIMARY KEY CHECK ("only" = 0), id bytea NOT NULL, commitCount bigint NOT NULL,
                blockCommitCount bigint NOT NULL) WITH (fillfactor = 10)
            """,
            """
            CREATE TABLE issuerKey (
                keyIdentifier bytea NOT NULL, issuer text COLLATE "C" NOT NULL, spki bytea PRIMARY KEY,
                uses text COLLATE "C" NOT NULL, notBefore bigint NOT NULL, expiresAt bigint NOT NULL,
                status text COLLATE "C" NOT NULL, retiredAt bigint)
            """,
            "CREATE UNIQUE INDEX issuerKeyActive ON issuerKey (uses) WHERE status = 'active'",
            refusal(
                "issuerKeyOnward",
                """
                UPDATE OF status ON issuerKey FOR EACH ROW
                WHEN (NEW.status <> OLD.status AND (NEW.status = 'active' OR OLD.status = 'compromised'))
                """, "a key never becomes good again"),
            "CREATE TABLE counter (name text COLLATE \"C\" PRIMARY KEY, value bigint NOT NULL) WITH (fillfactor = 50)",
            """
            CREATE TABLE idempotency (
                key text COLLATE "C" PRIMARY KEY, request bytea NOT NULL, answer bytea NOT NULL, at bigint NOT NULL)
            """,
            "CREATE INDEX idempotencyByTime ON idempotency (at)",
            """
            CREATE TABLE issuedCount (
                uid bigint NOT NULL, form text COLLATE "C" NOT NULL, day bigint NOT NULL, count bigint NOT NULL,
                PRIMARY KEY (uid, form)) WITH (fillfactor = 50)
            """,
            refusal(
                "issuedCountRises",
                """
                UPDATE ON issuedCount FOR EACH ROW
                WHEN (NEW.day < OLD.day OR NEW.day = OLD.day AND NEW.count < OLD.count)
                """, "a count of codes never falls"),
        ] + stays("issuedCount", "a count of codes stays in the registry")

    private static let wallets =
        [
            """
            CREATE TABLE offer (
                id bytea PRIMARY KEY, subject text COLLATE "C" NOT NULL, guardian text COLLATE "C",
                scope bigint NOT NULL, days bigint NOT NULL, code bytea NOT NULL UNIQUE, pin bytea,
                loss bytea NOT NULL UNIQUE, secret bytea, wrongPINs bigint NOT NULL, status text COLLATE "C" NOT NULL,
                madeAt bigint NOT NULL, expiresAt bigint NOT NULL)
            """,
            "CREATE INDEX offerByEnd ON offer (expiresAt)",
            "CREATE INDEX offerWithSecret ON offer (expiresAt) WHERE secret IS NOT NULL",
            "CREATE INDEX offerOpenBySubject ON offer (subject) WHERE status = 'open'",
            "CREATE INDEX offerOpenByGuardian ON offer (guardian) WHERE status = 'open'",
            refusal(
                "offerOnward",
                """
                UPDATE ON offer FOR EACH ROW
                WHEN (OLD.status <> 'open' AND NEW.status <> OLD.status OR NEW.wrongPINs < OLD.wrongPINs
                    OR OLD.secret IS NULL AND NEW.secret IS NOT NULL)
                """, "an ended offer stays ended"),
            """
            CREATE TABLE holding (
                id bytea PRIMARY KEY, subject text COLLATE "C" NOT NULL, guardian text COLLATE "C",
                scope bigint NOT NULL, days bigint NOT NULL, thumbprint bytea NOT NULL, loss bytea NOT NULL UNIQUE,
                madeAt bigint NOT NULL, coveredUntil bigint NOT NULL, status text COLLATE "C" NOT NULL,
                statusAt bigint NOT NULL)
            """,
            "CREATE INDEX holdingBySubject ON holding (subject)",
            "CREATE INDEX holdingByGuardian ON holding (guardian) WHERE guardian IS NOT NULL",
            refusal(
                "holdingOnward",
                """
                UPDATE OF status ON holding FOR EACH ROW
                WHEN (OLD.status = 'revoked' AND NEW.status <> 'revoked')
                """, "a revoked holding stays revoked"),
        ] + stays("holding", "a holding stays in the registry")
}
