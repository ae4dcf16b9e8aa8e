import TraceLog

extension StatementTransaction {
    package func epochKeys() throws -> [EpochKeyRecord] {
        // A registry that is open for reading alone may be of an earlier version without epoch keys.
        guard try database.hasTable("epochKey") else { return [] }
        return try database.all("SELECT number, mark, status FROM epochKey ORDER BY number") { row in
            guard let number = UInt32(exactly: try row.unsigned(0)), number > 0,
                let status = EpochKeyRecord.Status(rawValue: try row.text(2))
            else { throw StorageError.corruptRow("an epoch key") }
            return EpochKeyRecord(number: number, mark: try row.blob(1), status: status)
        }
    }

    package func putEpochKey(_ key: EpochKeyRecord) throws {
        try database.run(
            """
            INSERT INTO epochKey VALUES (?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET mark = excluded.mark, status = excluded.status
            """, .integer(Int64(key.number)), .bytes(key.mark), .text(key.status.rawValue))
    }

    package func sealedFields(
        _ kind: SealedField.Kind, after place: SealedField.Place?, countMax: Int
    ) throws -> [SealedField] {
        let count = ColumnValue.integer(Int64(countMax))
        switch kind {
        case .links:
            let person: [UInt8] = if case .links(let person) = place { person } else { [] }
            return try database.all(
                "SELECT subject, links FROM person WHERE subject > ? ORDER BY subject LIMIT ?", .bytes(person), count
            ) { SealedField(place: .links(person: try $0.blob(0)), sealed: try $0.blob(1)) }
        case .reasons:
            let last = if case .reason(let last) = place { last } else { StatusPlace(list: "", index: 0) }
            return try database.all(
                """
                SELECT list, statusIndex, reason FROM revocation
                WHERE (list, statusIndex) > (?, ?) AND reason IS NOT NULL ORDER BY list, statusIndex LIMIT ?
                """, .text(last.list), .integer(last.index), count
            ) { row in
                SealedField(
                    place: .reason(StatusPlace(list: try row.text(0), index: try row.unsigned(1))),
                    sealed: try row.blob(2))
            }
        case .openings(let log):
            let last: Int64 = if case .opening(_, let number, _) = place { try number.stored } else { -1 }
            return try database.all(
                """
                SELECT number, commitment, sealed FROM \(log.rawValue)_openings
                WHERE number > ? AND is_kept = 1 ORDER BY number LIMIT ?
                """, .integer(last), count
            ) { row in
                SealedField(
                    place: .opening(log, number: try row.number(0), commitment: try row.hash(1)),
                    sealed: try row.byteArray(2))
            }
        }
    }

    package func hasSealedField(under epoch: UInt32) throws -> Bool {
        let tables = [
            ("person", "links"), ("revocation", "reason"), ("idempotency", "answer"), ("offer", "secret"),
        ]
        let openings = LogName.allCases.map { ("\($0.rawValue)_openings", "sealed") }
        for (table, column) in tables + openings {
            for header in FieldKeys.headers(of: epoch) {
                let isFound = try database.first(
                    "SELECT 1 FROM \(table) WHERE substr(\(column), 1, \(header.count)) = ? LIMIT 1", .bytes(header)
                ) { _ in true }
                if isFound == true { return true }
            }
        }
        return false
    }

    package func replace(_ field: SealedField, by sealed: [UInt8]) throws -> Bool {
        // Bytes of the same length take the place of the old ones: no other copy stays in the file.
        let (old, new) = (ColumnValue.bytes(field.sealed), ColumnValue.bytes(sealed))
        let count =
            switch field.place {
            case .links(let person):
                try database.runCounting(
                    "UPDATE person SET links = ? WHERE subject = ? AND links = ?", new, .bytes(person), old)
            case .reason(let place):
                try database.runCounting(
                    "UPDATE revocation SET reason = ? WHERE list = ? AND statusIndex = ? AND reason = ?", new,
                    .text(place.list), .integer(place.index), old)
            case .opening(let log, let number, _):
                try database.runCounting(
                    "UPDATE \(log.rawValue)_openings SET sealed = ? WHERE number = ? AND is_kept = 1 AND sealed = ?",
                    new, .integer(number), old)
            }
        return count == 1
    }

    package func isRecoveryNeeded() throws -> Bool {
        guard try database.hasTable("recovery_needed") else { return false }
        return try database.first("SELECT 1 FROM recovery_needed") { _ in true } ?? false
    }

    package func setRecoveryNeeded(_ isNeeded: Bool) throws {
        try database.run(
            isNeeded ? "INSERT INTO recovery_needed VALUES (0) ON CONFLICT DO NOTHING" : "DELETE FROM recovery_needed")
    }
}
