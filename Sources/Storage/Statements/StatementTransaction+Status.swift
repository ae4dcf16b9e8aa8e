import Credential

extension StatementTransaction {
    package func liveStatusPlaces(code: [UInt8]?, subject: String?, at now: UInt64) throws -> [StatusPlace] {
        try database.all(
            """
            SELECT list, statusIndex FROM code
            WHERE (id = ?1 OR subject = ?2) AND (expiresAt IS NULL OR expiresAt > ?3) AND statusIndex IS NOT NULL
            UNION ALL
            SELECT list, actorIndex FROM code
            WHERE actor = ?2 AND (expiresAt IS NULL OR expiresAt > ?3) AND actorIndex IS NOT NULL
            """, code.map { .bytes($0) }, subject.map { .text($0) }, .integer(now)
        ) { StatusPlace(list: try $0.text(0), index: try $0.unsigned(1)) }
    }

    package func codes(of subject: String, after: [UInt8]?, count: Int) throws -> [StoredCode] {
        try database.all(
            """
            SELECT id, subject, actor, form, kind, code.list, code.statusIndex, issuedAt, expiresAt, keyIdentifier,
                revokedAt, reason, revocation.statusIndex AS revokedIndex
            FROM code LEFT JOIN revocation ON revocation.list = code.list AND revocation.statusIndex = (
                SELECT statusIndex FROM revocation AS bit
                WHERE bit.list = code.list AND bit.statusIndex IN (code.statusIndex, code.actorIndex)
                ORDER BY revokedAt, statusIndex LIMIT 1)
            WHERE (subject = ?1 OR actor = ?1)
                AND ((issuedAt, id) > (
                    SELECT issuedAt, id FROM code WHERE id = ?2 AND (subject = ?1 OR actor = ?1)
                    ORDER BY issuedAt LIMIT 1) OR ?2 IS NULL)
            ORDER BY issuedAt, id LIMIT ?3
            """, .text(subject), after.map { .bytes($0) }, .integer(Int64(count)), read: Self.code)
    }

    private static func code(_ row: Engine.Row) throws(StorageError) -> StoredCode {
        guard let form = Form(rawValue: try row.wholeNumber(3)) else { throw .corruptRow("form is unknown") }
        let kind = try row.optionalWholeNumber(4)
        let code = PastCode(
            id: try row.blob(0), subject: try row.text(1), guardian: try row.optionalText(2), form: form,
            kind: kind.flatMap { PersonKind(rawValue: $0) }, list: try row.optionalText(5),
            statusIndex: try row.optionalUnsigned(6), issuedAt: try row.unsigned(7),
            expiresAt: try row.optionalUnsigned(8), keyIdentifier: try row.blob(9),
            revokedAt: try row.optionalUnsigned(10), revocationReason: nil)
        return StoredCode(
            code: code, sealedReason: try row.optionalBlob(11), revokedIndex: try row.optionalUnsigned(12))
    }

    package func insertCode(_ code: IssuedCodeRecord) throws {
        try database.run(
            "INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", Self.values(of: code))
    }

    /// The values of a code's row, in the order of the table's columns.
    package static func values(of code: IssuedCodeRecord) throws -> [ColumnValue?] {
        [
            .bytes(code.id), .text(code.subject), .integer(Int64(code.form.rawValue)),
            code.kind.map { .integer(Int64($0.rawValue)) }, code.list.map { .text($0.name) },
            try code.statusIndex.map { try .integer($0) }, try code.actorIndex.map { try .integer($0) },
            code.actor.map { .text($0) }, try .integer(code.issuedAt), try code.expiresAt.map { try .integer($0) },
            .bytes(code.keyIdentifier), code.holding.map { .bytes($0) },
        ]
    }

    package func revoke(_ place: StatusPlace, at now: UInt64, sealedReason: [UInt8]?) throws -> Bool {
        try database.runCounting(
            "INSERT INTO revocation VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", .text(place.list),
            .integer(place.index), .integer(now), sealedReason.map { .bytes($0) }) == 1
    }
}

extension StatementTransaction {
    package func newestStatusBlock(of list: String) throws -> StatusBlock? {
        try database.first(
            "SELECT base, used, substr(shuffled, CAST(used * 2 + 1 AS INTEGER), 2) FROM statusBlock WHERE list = ? "
                + "ORDER BY base DESC LIMIT 1", .text(list)
        ) { try StatusBlock(base: $0.integer(0), used: $0.integer(1), order: $0.bytes(2) ?? [], from: 0) }
    }

    package func insertStatusBlock(of list: String, base: UInt64, order: [UInt16]) throws {
        try database.run(
            "INSERT INTO statusBlock VALUES (?, ?, ?, 1)", .text(list), .integer(base),
            .bytes(order.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }))
    }

    package func setUsedCount(_ used: Int, ofStatusBlock base: UInt64, of list: String) throws {
        try database.run(
            "UPDATE statusBlock SET used = ? WHERE list = ? AND base = ?", .integer(Int64(used)), .text(list),
            .integer(base))
    }

    package func closeStatusBlock(_ base: UInt64, of list: String) throws {
        // Dropping the order frees most of the row's bytes.
        try database.run(
            "UPDATE statusBlock SET used = ?, shuffled = ? WHERE list = ? AND base = ?",
            .integer(Int64(Registry.statusBlockCount)), .bytes([]), .text(list), .integer(base))
    }

    package func statusFloor(named list: String) throws -> UInt64? {
        try database.first("SELECT base FROM statusFloor WHERE list = ?", .text(list)) { try $0.unsigned(0) }
    }

    package func raiseStatusFloor(named list: String, to base: UInt64) throws {
        try database.run(
            """
            INSERT INTO statusFloor VALUES (?, ?)
            ON CONFLICT (list) DO UPDATE SET base = \(Self.higher("statusFloor.base", "excluded.base"))
            """, .text(list), .integer(base))
    }

    package func statusListNames() throws -> Set<String> {
        // Each step looks up the next name, so that the rows of one name are not all read.
        let names = try ["statusBlock", "revocation", "statusFloor"].flatMap { table in
            try database.all(
                """
                WITH RECURSIVE name(list) AS (
                    SELECT min(list) FROM \(table)
                    UNION ALL
                    SELECT (SELECT min(list) FROM \(table) WHERE list > name.list) FROM name
                        WHERE name.list IS NOT NULL)
                SELECT list FROM name WHERE list IS NOT NULL
                """
            ) { try $0.text(0) }
        }
        return Set(names)
    }

    package func revokedIndices(of list: String, in range: Range<UInt64>) throws -> [UInt64] {
        try database.all(
            """
            SELECT statusIndex FROM revocation WHERE list = ? AND statusIndex >= ? AND statusIndex < ?
            ORDER BY statusIndex
            """, .text(list), .integer(range.lowerBound), .integer(range.upperBound)
        ) { try $0.unsigned(0) }
    }

    package func revokedCount(of list: String, in range: Range<UInt64>) throws -> Int {
        try database.first(
            "SELECT count(*) FROM revocation WHERE list = ? AND statusIndex >= ? AND statusIndex < ?", .text(list),
            .integer(range.lowerBound), .integer(range.upperBound)
        ) { Int(try $0.unsigned(0)) } ?? 0
    }

    package func revokedBounds(of list: String) throws -> (first: UInt64, last: UInt64)? {
        try database.first(
            """
            SELECT (SELECT min(statusIndex) FROM revocation WHERE list = ?1) AS first,
                (SELECT max(statusIndex) FROM revocation WHERE list = ?1) AS last
            """, .text(list)
        ) { row in
            guard let first = try row.optionalUnsigned(0), let last = try row.optionalUnsigned(1) else { return nil }
            return (first, last)
        } ?? nil
    }
}

extension StatusBlock {
    /// A block from the values of its row.
    ///
    /// - Parameters:
    ///   - base: the block's first index.
    ///   - used: the number of indices that were taken.
    ///   - order: two bytes for each index in the order of use, or a part of them.
    ///   - start: the place in `order` of the next index's bytes.
    /// - Throws: `registry_corrupt`.
    package init(base: Int64?, used: Int64?, order: [UInt8], from start: Int) throws(StorageError) {
        let blockCount = UInt64(Registry.statusBlockCount)
        guard let base = base.flatMap(UInt64.init(exactly:)), base.isMultiple(of: blockCount),
            base < Registry.statusIndexCount
        else { throw .corruptRow("a block's base") }
        guard let used, (0...Int64(blockCount)).contains(used) else { throw .corruptRow("a block's used count") }
        let isThere = start >= 0 && start + 2 <= order.count
        let next = isThere ? UInt64(order[start]) << 8 | UInt64(order[start + 1]) : nil
        guard next ?? 0 < blockCount else { throw .corruptRow("a block's order") }
        self.init(base: base, used: Int(used), next: next)
    }
}
