/// The digests of issued codes, and the sets in which they are published.
extension StatementTransaction {
    package func newestIssuance() throws -> Issuance? {
        try database.first(
            "SELECT number, minute, digest FROM issuance ORDER BY number DESC LIMIT 1", read: Self.issuance)
    }

    package func lastIssuance(before minute: UInt64, after number: UInt64) throws -> Issuance? {
        try database.first(
            """
            SELECT number, minute, digest FROM issuance WHERE number > ? AND minute < ?
            ORDER BY number DESC LIMIT 1
            """, try .integer(number), try .integer(minute), read: Self.issuance)
    }

    package func issuances(_ numbers: ClosedRange<UInt64>, count: Int) throws -> [Issuance] {
        try database.all(
            "SELECT number, minute, digest FROM issuance WHERE number BETWEEN ? AND ? ORDER BY number LIMIT ?",
            .integer(Int64(clamping: numbers.lowerBound)), .integer(Int64(clamping: numbers.upperBound)),
            .integer(Int64(count)), read: Self.issuance)
    }

    package func issuedMinutes() throws -> [IssuedMinute] {
        try database.all("SELECT minute, first, last, entry FROM issuedMinute ORDER BY minute") { row in
            let (first, last) = (try row.unsigned(1), try row.unsigned(2))
            guard first <= last else { throw StorageError.corruptRow("the codes of a minute") }
            return IssuedMinute(
                minute: try row.unsigned(0), numbers: first...last, entryIndex: try row.optionalUnsigned(3))
        }
    }

    package func issuedSets() throws -> [IssuedSet] {
        try database.all("SELECT minute, span, count, bits, entry FROM issuedSet ORDER BY minute, span") { row in
            IssuedSet(
                minute: try row.unsigned(0), span: try row.unsigned(1), count: try row.unsigned(2),
                bitCount: try row.unsigned(3), entryIndex: try row.unsigned(4))
        }
    }

    package func insertIssuance(digest: [UInt8], minute: UInt64) throws {
        try database.run(
            "INSERT INTO issuance (minute, digest) VALUES (?, ?)", try .integer(minute), .bytes(digest))
    }

    package func insertIssuedMinute(_ minute: IssuedMinute) throws {
        try database.run(
            "INSERT INTO issuedMinute VALUES (?, ?, ?, ?)", try .integer(minute.minute),
            try .integer(minute.numbers.lowerBound), try .integer(minute.numbers.upperBound),
            try minute.entryIndex.map { try .integer($0) })
    }

    package func setEntry(_ index: UInt64, ofIssuedMinute minute: UInt64) throws {
        try database.run(
            "UPDATE issuedMinute SET entry = ? WHERE minute = ?", try .integer(index), try .integer(minute))
    }

    package func insertIssuedSet(_ set: IssuedSet) throws {
        try database.run(
            "INSERT INTO issuedSet VALUES (?, ?, ?, ?, ?)", try .integer(set.minute), try .integer(set.span),
            try .integer(set.count), try .integer(set.bitCount), try .integer(set.entryIndex))
    }

    package func deleteIssuedSets(in minutes: Range<UInt64>, below span: UInt64) throws {
        try database.run(
            "DELETE FROM issuedSet WHERE minute >= ? AND minute < ? AND span < ?", try .integer(minutes.lowerBound),
            try .integer(minutes.upperBound), try .integer(span))
    }

    package func deleteIssuances(through number: UInt64, countMax: Int) throws -> Int {
        try database.runCounting(
            """
            DELETE FROM issuance WHERE number <= ?1 AND number IN (
                SELECT number FROM issuance ORDER BY number LIMIT ?2)
            """, try .integer(number), .integer(Int64(countMax)))
    }

    package func deleteIssuedMinutes(before end: UInt64) throws {
        try database.run("DELETE FROM issuedMinute WHERE minute < ?", try .integer(end))
    }

    private static func issuance(_ row: Engine.Row) throws(StorageError) -> Issuance {
        Issuance(number: try row.unsigned(0), minute: try row.unsigned(1), digest: try row.blob(2))
    }
}
