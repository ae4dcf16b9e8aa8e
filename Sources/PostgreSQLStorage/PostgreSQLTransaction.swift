import Storage

/// A transaction's view of a PostgreSQL database, with one of its logs; it asks for each row once where it can.
struct PostgreSQLTransaction: StatementTransaction {
    let database: PostgreSQLSession
    let log: LogName

    init(database: PostgreSQLSession, log: LogName = .trace) {
        self.database = database
        self.log = log
    }

    /// The same view, which always asks the server.
    var statements: PostgreSQLStatements { PostgreSQLStatements(database: database, log: log) }

    func noteRepeatedAnswer() { statements.noteRepeatedAnswer() }
    func storedByteCount() throws -> UInt64 { try statements.storedByteCount() }
    func raiseAuditNumber(to number: UInt64) throws { try statements.raiseAuditNumber(to: number) }
}

/// A transaction's view of a PostgreSQL database that runs each statement.
struct PostgreSQLStatements: StatementTransaction {
    let database: PostgreSQLSession
    let log: LogName

    func noteRepeatedAnswer() { database.needsBarrier = true }

    func storedByteCount() throws -> UInt64 {
        try database.first(
            """
            SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS bigint) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
            """, []
        ) { try $0.unsigned(0) } ?? 0
    }

    func raiseAuditNumber(to number: UInt64) throws {
        database.memory.newestAuditLine = nil
        try database.run(
            """
            INSERT INTO auditFloor VALUES (0, ?) ON CONFLICT ("only") DO UPDATE SET
                number = greatest(auditFloor.number, excluded.number)
            """, .integer(number))
    }
}
