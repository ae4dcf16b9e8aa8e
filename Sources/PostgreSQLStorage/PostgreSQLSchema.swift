import Glibc
import Platform
import Storage

/// The versions of the registry's tables in PostgreSQL.
enum PostgreSQLSchema {
    /// What leads from one version to the next.
    private struct Step {
        let statements: [String]
        /// The earliest version of the program that can still use the tables after the step.
        let usableFrom: Int
    }

    /// The newest version of the tables that this program knows.
    static var newestVersion: Int { steps.count }

    private static let steps = [
        Step(statements: PostgreSQLTables.statements, usableFrom: 1),
        // A program that knows no lease would publish beside the lease's holder.
        Step(statements: PostgreSQLTables.sharing, usableFrom: 2),
    ]

    /// A lock that every change of a schema holds.
    private static let lock = "SELECT pg_advisory_xact_lock(hashtext('suishen schema ' || current_schema()))"

    /// Reads the earliest version that can use the tables.
    static let usableFrom = "SELECT usableFrom FROM writerTurn"
    /// Takes the one row that every change locks first, and reads the same number.
    ///
    /// Changes of several daemons follow one another by this lock, as those of one do.
    static let turn = usableFrom + " FOR UPDATE"

    /// The longest wait of an upgrade's statement for a lock, since everybody else waits behind it, in milliseconds.
    private static let lockMilliseconds = 100
    private static let pauseMilliseconds: UInt32 = 400

    /// The version of the first schema on the search path, with the earliest version that can use it; nil when the schema
    /// has no registry.
    ///
    /// - Throws: `registry_corrupt`, `storage_unavailable`.
    private static func version(_ session: PostgreSQLSession) throws -> (number: Int, usableFrom: UInt64)? {
        let isThere = try session.first(
            "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = 'schemaversion'",
            []
        ) { _ in true }
        guard isThere == true else { return nil }
        let version = try session.first(
            "SELECT version, usableFrom FROM schemaVersion ORDER BY version DESC LIMIT 1", []
        ) { (number: Int(clamping: try $0.unsigned(0)), usableFrom: try $0.unsigned(1)) }
        guard let version, version.number > 0 else { throw StorageError.corruptRow("the version of the schema") }
        return version
    }

    /// Refuses tables that only later versions can use.
    ///
    /// - Throws: `schema_newer`.
    static func requireUsable(from version: UInt64, at address: PostgreSQLAddress) throws(StorageError) {
        guard version > newestVersion else { return }
        throw .newer("the tables in \(address.place) need a program that knows their version \(version)")
    }

    /// Refuses a database without a registry, one that only later versions can use, and one without each part that this
    /// version knows.
    static func check(_ session: PostgreSQLSession, at address: PostgreSQLAddress) throws {
        guard let version = try version(session) else {
            throw StorageError(
                code: .registryMissing, reason: "the database \(address.place) has no registry",
                hint: "correct the database and the schema in the URL")
        }
        try requireUsable(from: version.usableFrom, at: address)
        let parts = try parts(session)
        let missing = steps.prefix(version.number).flatMap(\.statements).compactMap { part($0)?.name }
            .filter { !parts.contains($0) }
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
        let parts = steps.flatMap(\.statements).compactMap(part)
        // A function can go only once no trigger uses it.
        for kind in ["table", "function"] {
            for part in parts where part.kind == kind { try session.runNow("DROP \(kind) \(part.name)") }
        }
    }

    /// Brings a registry of an earlier version to the newest one that this program knows, while no other daemon does.
    ///
    /// Where others use the tables it gives way to them, and tries again.
    ///
    /// - Parameters:
    ///   - address: the registry's database.
    ///   - triesMilliseconds: the time after which it tries no more.
    /// - Throws: `upgrade_failed` when others use the tables for too long, `registry_unwritable` when the server refuses
    ///   a step: the registry is unchanged then. `schema_newer`, `storage_unavailable`.
    static func upgrade(at address: PostgreSQLAddress, triesMilliseconds: Int) throws(StorageError) {
        let end = MonotonicClock.milliseconds() + triesMilliseconds
        while true {
            do throws(StorageError) {
                return try change(at: address) { session in try upgrade(session, at: address) }
            } catch {
                guard error.code == .storageUnavailable else { throw error }
                guard MonotonicClock.milliseconds() < end else {
                    throw StorageError(
                        code: .upgradeFailed,
                        reason: "the upgrade of the registry in \(address.place) has failed: \(error.reason)",
                        hint: "end long transactions in the database, such as a copy with pg_dump, then start again")
                }
            }
            usleep(pauseMilliseconds * 1000)
        }
    }

    private static func upgrade(_ session: PostgreSQLSession, at address: PostgreSQLAddress) throws {
        guard let version = try version(session) else { return }
        try requireUsable(from: version.usableFrom, at: address)
        guard version.number < newestVersion else { return }
        // Changes lock tables under the turn. A step that had tables and waited for the turn would wait for ever.
        _ = try session.first(turn, []) { _ in true }
        try session.runNow("SET LOCAL lock_timeout = \(lockMilliseconds)")
        for (place, step) in steps.enumerated().dropFirst(version.number) {
            try take(step, version: place + 1, session)
        }
    }

    private static func take(_ step: Step, version: Int, _ session: PostgreSQLSession) throws {
        for statement in step.statements { try session.runNow(statement) }
        try session.run(
            "INSERT INTO schemaVersion (version, usableFrom) VALUES (?, ?)", .integer(Int64(version)),
            .integer(Int64(step.usableFrom)))
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
