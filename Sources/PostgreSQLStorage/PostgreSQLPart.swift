import Storage

/// A part of a table that lies in a table of its own, so that it can be dropped whole.
struct PostgreSQLPart: Hashable {
    /// The day of lasting codes, which is before every other day.
    static let lastingDay: Int64 = -1
    private static let codePrefix = "code_"
    private static let auditPrefix = "audit_"

    /// The table that has this part.
    let table: String
    /// As the catalogue spells it.
    let name: String
    /// The first value of the column that parts the table; nil without a lowest value.
    let start: Int64?
    /// The first value above the part; nil without a highest value.
    let end: Int64?

    /// The codes of a day; nil for lasting codes.
    static func codes(of day: UInt64?) -> PostgreSQLPart {
        let day = day.map { Int64(clamping: $0) } ?? lastingDay
        guard day != lastingDay else {
            return PostgreSQLPart(table: "code", name: codePrefix + "lasting", start: nil, end: lastingDay + 1)
        }
        return PostgreSQLPart(table: "code", name: codePrefix + "\(day)", start: day, end: day + 1)
    }

    /// The lines of the audit trail of a calendar month (UTC).
    ///
    /// - Parameter time: a time in the month, in seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the part.
    static func auditLines(at time: UInt64) -> PostgreSQLPart {
        let seconds = CodeDay.seconds
        let month = CalendarMonth(ofDay: time / seconds)
        func bound(_ day: UInt64) -> Int64? {
            let (time, isTooLate) = day.multipliedReportingOverflow(by: seconds)
            return isTooLate ? nil : Int64(exactly: time)
        }
        return PostgreSQLPart(
            table: "audit", name: auditPrefix + "\(month.number)", start: bound(month.days.lowerBound),
            end: bound(month.days.upperBound))
    }

    /// The day of a part of the codes, from its name; nil for lasting codes and for every other table.
    static func day(ofCodesIn name: String) -> UInt64? {
        guard name.hasPrefix(codePrefix) else { return nil }
        return UInt64(name.dropFirst(codePrefix.count))
    }

    /// The statements that make the part and join it to its table, without waiting for whoever reads the table.
    var statements: [String] {
        let bounds = "FROM (\(start.map(String.init) ?? "MINVALUE")) TO (\(end.map(String.init) ?? "MAXVALUE"))"
        let making = "CREATE TABLE \(name) (LIKE \(table) INCLUDING ALL)"
        let joining = "ALTER TABLE \(table) ATTACH PARTITION \(name) FOR VALUES \(bounds)"
        guard table == "audit" else { return [making, joining] }
        // A part gets the triggers of rows from its table, and no other one.
        let kept = PostgreSQLTables.refusal(
            "auditRemains", "TRUNCATE ON \(name) FOR EACH STATEMENT", PostgreSQLTables.appendOnly)
        return [making, kept, joining]
    }
}

extension PostgreSQLPart {
    /// The part of a row that another store has; nil for a table without parts.
    ///
    /// - Parameters:
    ///   - row: a value for each column of the table.
    ///   - table: the row's table, with its columns in the order of the values.
    /// - Throws: `registry_corrupt` for a row without what its table is parted by.
    init?(of row: [ColumnValue?], in table: StoredTable) throws(StorageError) {
        func value(_ column: String) -> ColumnValue? { table.columns.firstIndex(of: column).flatMap { row[$0] } }
        func time(_ column: String) throws(StorageError) -> UInt64? {
            guard let value = value(column) else { return nil }
            guard case .integer(let number) = value, let time = UInt64(exactly: number) else {
                throw .corruptRow("\(column) of \(table.name)")
            }
            return time
        }
        switch table.name {
        case "code":
            guard let issuedAt = try time("issuedAt") else { throw .corruptRow("a code's time") }
            let list: String? = if case .text(let name) = value("list") { name } else { nil }
            self = .codes(of: CodeDay.of(list: list, issuedAt: issuedAt, expiresAt: try time("expiresAt")))
        case "audit":
            guard let at = try time("at") else { throw .corruptRow("a line's time") }
            self = .auditLines(at: at)
        default: return nil
        }
    }
}

/// A month of the Gregorian calendar, by its days since 1970-01-01.
struct CalendarMonth: Equatable {
    private static let daysPerEra: UInt64 = 146_097
    /// From 0000-03-01 to 1970-01-01.
    private static let daysBefore1970: UInt64 = 719_468

    /// Year and month as in 202612.
    let number: UInt64
    let days: Range<UInt64>

    /// The month of a day; years are counted from March within eras of 400 years, so that a leap day ends its year.
    init(ofDay day: UInt64) {
        let (number, start) = Self.start(ofMonthOf: day)
        self.number = number
        // Every month has 28 to 31 days.
        days = start..<Self.start(ofMonthOf: start + 31).day
    }

    private static func start(ofMonthOf day: UInt64) -> (number: UInt64, day: UInt64) {
        let (era, dayOfEra) = (day + daysBefore1970).quotientAndRemainder(dividingBy: daysPerEra)
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return ((era * 400 + year + (month <= 2 ? 1 : 0)) * 100 + month, day - dayOfMonth)
    }
}
