import Credential

/// What ends by a stated retention.
extension StatementTransaction {
    package func hasCode(inStatusList list: String) throws -> Bool {
        try database.first("SELECT 1 FROM code WHERE list = ? AND statusIndex IS NOT NULL LIMIT 1", .text(list)) { _ in
            true
        } ?? false
    }

    package func deleteCodes(before day: UInt64, countMax: Int) throws -> Bool {
        let count = ColumnValue.integer(Int64(countMax))
        let listless = try database.runCounting(
            """
            DELETE FROM code WHERE id IN (
                SELECT id FROM code WHERE list IS NULL AND issuedAt < ?1 * \(CodeDay.seconds)
                    AND expiresAt <= (issuedAt / \(CodeDay.seconds) + 2) * \(CodeDay.seconds) LIMIT ?2)
            """, .integer(Int64(clamping: day)), count)
        guard listless < countMax else { return true }
        for list in try codeListNames() {
            guard let own = StatusListReference.day(ofListName: list), own < day else { continue }
            let deleted = try database.runCounting(
                """
                DELETE FROM code WHERE id IN (
                    SELECT id FROM code WHERE list = ? AND statusIndex IS NOT NULL AND expiresAt <= ? LIMIT ?)
                """, .text(list), .integer(Int64(clamping: CodeDay.end(of: own))), count)
            if deleted > 0 { return true }
        }
        return false
    }

    /// The names of the lists that have a code.
    private func codeListNames() throws -> [String] {
        // Each step looks up the next name, so that the rows of one name are not all read.
        try database.all(
            """
            WITH RECURSIVE name(list) AS (
                SELECT min(list) FROM code WHERE statusIndex IS NOT NULL
                UNION ALL
                SELECT (SELECT min(list) FROM code WHERE list > name.list AND statusIndex IS NOT NULL) FROM name
                    WHERE name.list IS NOT NULL)
            SELECT list FROM name WHERE list IS NOT NULL
            """
        ) { try $0.text(0) }
    }

    package func deleteStatusRows(of list: String, countMax: Int) throws -> (revocationCount: Int, blockCount: Int) {
        let (list, count) = (ColumnValue.text(list), ColumnValue.integer(Int64(countMax)))
        let revocationCount = try database.runCounting(
            """
            DELETE FROM revocation WHERE list = ?1 AND statusIndex IN (
                SELECT statusIndex FROM revocation WHERE list = ?1 ORDER BY statusIndex LIMIT ?2)
            """, list, count)
        guard revocationCount < countMax else { return (revocationCount, 0) }
        // The newest block goes last: a list that still has blocks begins its next one above them.
        let blockCount = try database.runCounting(
            """
            DELETE FROM statusBlock WHERE list = ?1 AND base IN (
                SELECT base FROM statusBlock WHERE list = ?1 ORDER BY base LIMIT ?2)
            """, list, count)
        if blockCount < countMax { try database.run("DELETE FROM statusFloor WHERE list = ?", list) }
        return (revocationCount, blockCount)
    }

    package func prepareDays(at now: UInt64) throws {}

    package func firstAuditNumber(after number: UInt64, since time: UInt64) throws -> UInt64? {
        try database.first(
            "SELECT number FROM audit WHERE number > ? AND at >= ? ORDER BY number LIMIT 1",
            .integer(Int64(clamping: number)), .integer(Int64(clamping: time))
        ) { try $0.unsigned(0) }
    }

    package func trailFloor() throws -> TrailChainState? {
        try database.first("SELECT number, hash FROM trailFloor") { row in
            TrailChainState(number: try row.unsigned(0), hash: try row.blob(1))
        }
    }

    package func raiseTrailFloor(to floor: TrailChainState) throws {
        try database.run(
            """
            INSERT INTO trailFloor VALUES (0, ?, ?)
            ON CONFLICT ("only") DO UPDATE SET number = excluded.number, hash = excluded.hash
            """, .integer(floor.number), .bytes(floor.hash))
        try raiseAuditNumber(to: floor.number)
    }

    package func deleteAuditLines(countMax: Int) throws -> Bool {
        try database.runCounting(
            """
            DELETE FROM audit WHERE number IN (
                SELECT number FROM audit WHERE number <= (SELECT number FROM trailFloor) ORDER BY number LIMIT ?)
            """, .integer(Int64(countMax))) == countMax
    }
}
