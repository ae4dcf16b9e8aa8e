import TraceLog

/// A day of receipts, in UTC, written as `2026-11-29`.
package struct SettlementDay: Sendable, Hashable {
    private static let secondCount: UInt64 = 86_400
    /// The last day that has a year of four digits at every offset: 9999-12-30.
    private static let numberMax: UInt64 = 2_932_895

    /// Days since 1970-01-01.
    package let number: UInt64

    /// Takes days since 1970-01-01; nil after the year 9999.
    package init?(number: UInt64) {
        guard number <= Self.numberMax else { return nil }
        self.number = number
    }

    /// The day of a time in seconds since 1970-01-01T00:00:00Z; the last day for times after the year 9999.
    package init(of time: UInt64) {
        number = min(time / Self.secondCount, Self.numberMax)
    }

    /// Reads `YYYY-MM-DD`; nil for anything else, and for days before 1970-01-01.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, let year = UInt64(parts[0]), year >= 1970,
            let month = UInt64(parts[1]), (1...12).contains(month), let day = UInt64(parts[2]), day > 0
        else { return nil }
        // Years begin in March, so that a leap day is the last day of its year.
        let marchYear = month > 2 ? year : year - 1
        let daysBefore = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        number = 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + daysBefore - 719_468
        guard self.text == text else { return nil }
    }

    package var text: String {
        String(TraceEvent.utc(Int64(number * Self.secondCount * 1000)).prefix(10))
    }

    /// The first second after the day.
    package var end: UInt64 { (number + 1) * Self.secondCount }

    /// The first second of the day.
    package var start: UInt64 { number * Self.secondCount }
}

extension SettlementDay: Comparable {
    package static func < (left: SettlementDay, right: SettlementDay) -> Bool { left.number < right.number }
}
