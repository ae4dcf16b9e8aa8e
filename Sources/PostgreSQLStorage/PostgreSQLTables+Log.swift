import Storage

extension PostgreSQLTables {
    static let gates =
        [
            """
            CREATE TABLE gate (
                id bytea PRIMARY KEY, name text COLLATE "C" NOT NULL, signingKey bytea NOT NULL,
                receivingKey bytea NOT NULL, site text COLLATE "C" NOT NULL, scenes text COLLATE "C" NOT NULL,
                domains text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL, registeredAt bigint NOT NULL,
                statusAt bigint NOT NULL, keysIssuedAt bigint NOT NULL, receivingKeyAt bigint NOT NULL)
            """,
            refusal(
                "gateOnward",
                """
                UPDATE OF status ON gate FOR EACH ROW
                WHEN (OLD.status = 'revoked' AND NEW.status <> 'revoked')
                """, "a revoked gate stays revoked"),
            """
            CREATE TABLE gateReport (
                id bytea PRIMARY KEY, counter bigint NOT NULL, issuedAt bigint NOT NULL, receivedAt bigint NOT NULL,
                bundleVersion bigint, clockOffset bigint, report text COLLATE "C" NOT NULL, signature bytea NOT NULL)
            """,
            refusal(
                "gateReportRises", "UPDATE ON gateReport FOR EACH ROW WHEN (NEW.counter <= OLD.counter)",
                "a newer report of the gate is kept"),
            """
            CREATE TABLE settlement (
                day bigint NOT NULL, gate bytea NOT NULL, record bytea NOT NULL, entry bigint NOT NULL,
                registeredAt bigint NOT NULL, PRIMARY KEY (day, gate))
            """,
            refusal("settlementKeeps", "UPDATE ON settlement FOR EACH ROW", "the first record of a day counts"),
        ] + stays("gate", "a gate stays in the registry")
        + stays("settlement", "the record of a day stays in the registry")

    /// The next digest's number is one above the highest, as the holder of the writers' turn reads it.
    static let issuances = [
        "CREATE TABLE issuance (number bigint PRIMARY KEY, minute bigint NOT NULL, digest bytea NOT NULL)",
        """
        CREATE TABLE issuedMinute (
            minute bigint PRIMARY KEY, first bigint NOT NULL, last bigint NOT NULL, entry bigint)
        """,
        """
        CREATE TABLE issuedSet (
            minute bigint NOT NULL, span bigint NOT NULL, count bigint NOT NULL, bits bigint NOT NULL,
            entry bigint NOT NULL, PRIMARY KEY (minute, span))
        """,
    ]

    /// What is known of epoch keys, and the mark of a restored backup.
    static let erasure = [
        """
        CREATE TABLE epochKey (
            number bigint PRIMARY KEY CHECK (number > 0), mark bytea NOT NULL, status text COLLATE "C" NOT NULL)
        """,
        refusal(
            "epochKeyOnward",
            """
            UPDATE ON epochKey FOR EACH ROW
            WHEN (OLD.status = 'destroyed' AND NEW.status <> 'destroyed' OR NEW.mark <> OLD.mark)
            """, "a destroyed epoch key stays destroyed"),
        "CREATE TABLE recovery_needed (\"only\" bigint PRIMARY KEY CHECK (\"only\" = 0))",
    ]

    static func log(_ log: LogName) -> [String] {
        let name = log.rawValue
        return [
            """
            CREATE TABLE \(name)_entries (
                idx bigint PRIMARY KEY, object bytea NOT NULL, sequence bigint NOT NULL, leaf_hash bytea NOT NULL,
                recorded_at bigint NOT NULL, bytes bytea NOT NULL, UNIQUE (object, sequence))
            """,
            """
            CREATE TABLE \(name)_heads (
                object bytea PRIMARY KEY, sequence bigint NOT NULL, leaf_hash bytea NOT NULL, idx bigint NOT NULL
                ) WITH (fillfactor = 80)
            """,
            """
            CREATE TABLE \(name)_openings (
                number bigint PRIMARY KEY, commitment bytea NOT NULL, is_kept bigint NOT NULL, sealed bytea NOT NULL)
            """,
            """
            CREATE TABLE \(name)_requests (
                key text COLLATE "C" PRIMARY KEY, digest bytea NOT NULL, idx bigint NOT NULL, sequence bigint NOT NULL,
                leaf_hash bytea NOT NULL)
            """,
            """
            CREATE TABLE \(name)_floor (
                "only" bigint PRIMARY KEY CHECK ("only" = 0), size bigint NOT NULL, root bytea NOT NULL)
            """,
        ]
    }
}
