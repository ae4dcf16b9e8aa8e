import Storage

/// The versions of the registry's tables in PostgreSQL.
enum PostgreSQLSchema {
    /// The statements that lead from one version to the next, the first version's first.
    private static let steps: [[String]] = [PostgreSQLTables.statements]

    /// A lock that every change of a schema holds.
    private static let lock = "SELECT pg_advisory_xact_lock(hashtext('suishen schema ' || current_schema()))"

    /// The version of the first schema on the search path; nil when it has no registry.
    ///
    /// - Throws: `registry_corrupt`, `storage_unavailable`.
    static func version(_ session: PostgreSQLSession) throws -> Int? {
        let isThere = try session.first(
            "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = 'schemaversion'",
            []
        ) { _ in true }
        guard isThere == true else { return nil }
        let version = try session.first("SELECT max(version) FROM schemaVersion", []) { Int(try $0.unsigned(0)) }
        guard let version, version > 0 else { throw StorageError.corruptRow("the version of the schema") }
        return version
    }

    /// Refuses a database without a registry, one of a later version, and one without each of its parts.
    static func check(_ session: PostgreSQLSession, at address: PostgreSQLAddress) throws {
        guard let version = try version(session) else {
            throw StorageError(
                code: .registryMissing, reason: "the database \(address.place) has no registry",
                hint: "correct the database and the schema in the URL")
        }
        guard version <= steps.count else {
            throw StorageError(
                code: .schemaNewer, reason: "the registry in \(address.place) was written by a later version",
                hint: "use the version that opened it last")
        }
        let parts = try parts(session)
        let missing = steps.prefix(version).joined().compactMap { part($0)?.name }.filter { !parts.contains($0) }
        guard missing.isEmpty else {
            throw StorageError(
                code: .registryCorrupt,
                reason: "the registry in \(address.place) is not whole: \(missing.sorted().joined(separator: ", "))",
                hint: "restore the database from a backup, then run `suishen recover --published DIR`")
        }
    }

    /// Refuses a database that has a registry.
    ///
    /// - Throws: `registry_exists`.
    static func requireNone(_ session: PostgreSQLSession, at address: PostgreSQLAddress) throws {
        guard try version(session) == nil else {
            throw StorageError(
                code: .registryExists, reason: "the database \(address.place) has a registry already",
                hint: "name a new database, or another schema with `options=-csearch_path%3DNAME`")
        }
    }

    /// Makes the tables of the newest version.
    static func create(_ session: PostgreSQLSession) throws {
        for (place, step) in steps.enumerated() { try take(step, version: place + 1, session) }
    }

    /// Removes the tables and functions that `create` made.
    static func remove(_ session: PostgreSQLSession) throws {
        let parts = steps.joined().compactMap(part)
        // A function can go only once no trigger uses it.
        for kind in ["table", "function"] {
            for part in parts where part.kind == kind { try session.runNow("DROP \(kind) \(part.name)") }
        }
    }

    /// Brings a registry of an earlier version to the newest one, while no other daemon does.
    ///
    /// - Throws: `upgrade_failed`, after which the registry is unchanged; `storage_unavailable`.
    static func upgrade(at address: PostgreSQLAddress) throws(StorageError) {
        try change(at: address) { session in
            guard let version = try version(session), version < steps.count else { return }
            for (place, step) in steps.enumerated().dropFirst(version) {
                try take(step, version: place + 1, session)
            }
        }
    }

    private static func take(_ step: [String], version: Int, _ session: PostgreSQLSession) throws {
        for statement in step { try session.runNow(statement) }
        try session.run("INSERT INTO schemaVersion (version) VALUES (?)", .integer(Int64(version)))
    }

    /// Runs `body` in a transaction of its own that holds the lock, and keeps its changes.
    ///
    /// - Throws: the error of `body`; `storage_unavailable`, also where the outcome is not known.
    static func change(
        at address: PostgreSQLAddress, _ body: (PostgreSQLSession) throws -> Void
    ) throws(StorageError) {
        let session = PostgreSQLSession(address, timeout: PostgreSQLTimes().upgrade)
        do {
            try session.begin("ISOLATION LEVEL READ COMMITTED")
            _ = try session.first(lock, []) { _ in true }
            try body(session)
            try session.flush()
            try session.commit()
        } catch {
            session.rollback()
            switch error {
            case let error as StorageError: throw error
            case let error as PostgreSQLFailure: throw error.error
            default: throw .unwritable("the tables of \(address.place) could not be made")
            }
        }
    }

    /// The names of the tables, indices, triggers and functions of the schema.
    private static func parts(_ session: PostgreSQLSession) throws -> Set<String> {
        var parts: Set<String> = []
        let sql = """
            SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            UNION ALL
            SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
                WHERE relnamespace = current_schema()::regnamespace AND tgenabled <> 'D'
            UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
            """
        try session.visit(sql, []) { row in
            parts.insert(try row.text(0))
            return true
        }
        return parts
    }

    /// The kind and the name of the part that a statement makes, as the catalogue spells it; nil for every other
    /// statement.
    private static func part(_ statement: String) -> (kind: String, name: String)? {
        let words = statement.split(maxSplits: 8) { " (\n".contains($0) }.map { $0.lowercased() }
        guard words.first == "create" else { return nil }
        let kinds: Set = ["table", "index", "trigger", "function"]
        return words.firstIndex(where: kinds.contains).flatMap { place in
            place + 1 < words.count ? (words[place], words[place + 1]) : nil
        }
    }
}
