import Storage

/// The tables that are kept in parts: codes by day, the audit trail by month.
extension PostgreSQLTransaction {
    /// The days for which parts are made ahead.
    private static let daysAhead: UInt64 = 2
    /// The most parts that one transaction drops; each takes some locks of the server.
    private static let dropCountMax = 8

    func insertCode(_ code: IssuedCodeRecord) throws {
        try database.prepare(.codes(of: code.day))
        let day = try code.day.map { try ColumnValue.integer($0) } ?? .integer(PostgreSQLPart.lastingDay)
        try database.run(
            "INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", Self.values(of: code) + [day])
    }

    /// Numbers the line itself: the writers' turn keeps every other daemon from adding one meanwhile.
    func insertAuditLine(uid: UInt64, action: String, subject: String, detail: String?, at now: UInt64) throws {
        try database.prepare(.auditLines(at: now))
        try database.run(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", .integer(try database.nextAuditNumber()), .integer(now),
            .integer(uid), .text(action), .text(subject), detail.map { .text($0) })
    }

    /// Numbers the digest itself, as an audit line.
    func insertIssuance(digest: [UInt8], minute: UInt64) throws {
        let highest = try database.memory.newestIssuance ?? database.highestIssuanceNumber()
        database.memory.newestIssuance = highest + 1
        try database.run(
            "INSERT INTO issuance VALUES (?, ?, ?)", .integer(highest + 1), .integer(minute), .bytes(digest))
    }

    func deleteIssuances(through number: UInt64, countMax: Int) throws -> Int {
        database.memory.newestIssuance = nil
        return try statements.deleteIssuances(through: number, countMax: countMax)
    }

    func prepareDays(at now: UInt64) throws {
        let today = now / CodeDay.seconds
        try database.prepare(.codes(of: nil))
        for day in today...today + Self.daysAhead { try database.prepare(.codes(of: day)) }
        try database.prepare(.auditLines(at: now))
        try database.prepare(.auditLines(at: CalendarMonth(ofDay: today).days.upperBound * CodeDay.seconds))
    }

    func deleteCodes(before day: UInt64, countMax: Int) throws -> Bool {
        let ended = try database.parts(of: "code").filter { name in
            PostgreSQLPart.day(ofCodesIn: name).map { $0 < day } ?? false
        }
        try database.drop(ended.prefix(Self.dropCountMax))
        return ended.count > Self.dropCountMax
    }

    /// Drops the months all of whose lines lie below the trail's floor; the others keep theirs, which nobody reads.
    func deleteAuditLines(countMax: Int) throws -> Bool {
        guard let floor = try trailFloor() else { return false }
        let ended = try database.parts(of: "audit").filter { name in
            try database.first("SELECT max(number) FROM \(name)", []) { try $0.optionalUnsigned(0) }
                .flatMap(\.self).map { $0 <= floor.number } ?? false
        }
        try database.drop(ended.prefix(Self.dropCountMax))
        return ended.count > Self.dropCountMax
    }
}

extension PostgreSQLSession {
    /// Makes a part of a table, unless it is there.
    func prepare(_ part: PostgreSQLPart) throws {
        guard !knownParts.contains(part.name) else { return }
        let isThere = try first(
            "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = CAST(? AS text)",
            .text(part.name)
        ) { _ in true }
        if isThere != true { for statement in part.statements { try runNow(statement) } }
        knownParts.insert(part.name)
    }

    /// The names of a table's parts.
    func parts(of table: String) throws -> [String] {
        try all(
            """
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = CAST('\(table)' AS regclass) ORDER BY relname
            """
        ) { try $0.text(0) }
    }

    /// Drops parts of tables, without holding up whoever uses the tables for long.
    ///
    /// - Throws: `storage_unavailable` while another transaction uses one of them; a later call can drop them.
    func drop(_ parts: some Collection<String>) throws {
        guard !parts.isEmpty else { return }
        try runNow("SET LOCAL lock_timeout = 100")
        for name in parts { try runNow("DROP TABLE \(name)") }
        try runNow("SET LOCAL lock_timeout = 2000")
        knownParts.subtract(parts)
    }

    /// The highest number of an issued code's digest.
    fileprivate func highestIssuanceNumber() throws -> UInt64 {
        try first("SELECT max(number) FROM issuance", []) { try $0.optionalUnsigned(0) }.flatMap(\.self) ?? 0
    }

    /// The number of the trail's next line: one above every number that was ever given.
    func nextAuditNumber() throws -> UInt64 {
        let next = try (memory.newestAuditLine ?? highestAuditNumber()) + 1
        memory.newestAuditLine = next
        return next
    }

    /// The highest number that a line of the trail ever had, a dropped line among them.
    func highestAuditNumber() throws -> UInt64 {
        try first(
            """
            SELECT greatest(
                (SELECT max(number) FROM audit), (SELECT max(number) FROM auditFloor),
                (SELECT max(number) FROM trailFloor), 0)
            """, []
        ) { try $0.unsigned(0) } ?? 0
    }
}
