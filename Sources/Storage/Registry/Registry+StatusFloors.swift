package import GRDB

/// Floors of status lists: where a list goes on after a recovery, above everything that may have been given out.
extension Registry {
    /// The name of the floor that counts for every list.
    private static let everyList = ""

    /// The index below which a list's next block does not begin: the list's own floor or the general one.
    ///
    /// - Returns: a multiple of ``statusBlockCount``; 0 where there is no floor, 2³² where the list is full.
    /// - Throws: `registry_corrupt`.
    package func statusFloor(of list: String, in database: Database) throws -> UInt64 {
        let rows = try Row.fetchAll(
            database.cachedStatement(sql: "SELECT base FROM statusFloor WHERE list IN (?, ?)"),
            arguments: [list, Self.everyList])
        return try rows.reduce(0) { highest, row in
            let base = try row.unsigned("base")
            guard base <= Self.statusIndexCount, base.isMultiple(of: UInt64(Self.statusBlockCount)) else {
                throw StorageError.corruptRow("a status list's floor")
            }
            return max(highest, base)
        }
    }

    /// Raises a floor, and voids what is open below it; a floor that is as high already stays.
    ///
    /// - Parameters:
    ///   - list: a list's plain name; "" for all lists, those that have no index yet among them.
    ///   - base: the first index that may still be given out; rounded up to a whole block, at most 2³².
    ///   - database: an open transaction.
    /// - Throws: `registry_corrupt`.
    package func raiseStatusFloor(of list: String, to base: UInt64, in database: Database) throws {
        let blockCount = UInt64(Self.statusBlockCount)
        let floor = min(base, Self.statusIndexCount).roundedUp(toMultipleOf: blockCount)
        try database.run(
            "INSERT INTO statusFloor VALUES (?, ?) ON CONFLICT (list) DO UPDATE SET base = max(base, excluded.base)",
            .text(list), .integer(floor))
        for name in list == Self.everyList ? try statusListNames(in: database) : [list] {
            try voidOpenBlock(of: name, below: floor, in: database)
        }
    }

    /// The plain names of the lists that have a block, a revocation or a floor of their own, in order.
    ///
    /// - Throws: `registry_corrupt`.
    package func statusListNames(in database: Database) throws -> [String] {
        // Each step looks up the next name, so that the rows of one name are not all read.
        let names = try ["statusBlock", "revocation", "statusFloor"].flatMap { table in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        WITH RECURSIVE name(list) AS (
                            SELECT min(list) FROM \(table)
                            UNION ALL
                            SELECT (SELECT min(list) FROM \(table) WHERE list > name.list) FROM name
                                WHERE name.list IS NOT NULL)
                        SELECT list FROM name WHERE list IS NOT NULL
                        """)
            ).map { try $0.text("list") }
        }
        return Set(names).subtracting([Self.everyList]).sorted()
    }
}

extension UInt64 {
    /// The number itself or the next multiple of `unit`; neither is near 2⁶⁴.
    fileprivate func roundedUp(toMultipleOf unit: UInt64) -> UInt64 {
        (self + unit - 1) / unit * unit
    }
}
