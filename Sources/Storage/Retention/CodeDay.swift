import Credential

/// The day with which the row of a code ends.
package enum CodeDay {
    package static let seconds: UInt64 = 86_400
    /// A code that begins on a day has ended by the end of the next day: its lifetime is at most a day.
    private static let lastingDays: UInt64 = 2

    /// The day of a code: the day of its status list, or for a code without a list the day of its issue.
    ///
    /// - Parameters:
    ///   - list: the plain name of the code's status list; nil for a code without one.
    ///   - issuedAt: the beginning of the code, in seconds since 1970-01-01T00:00:00Z.
    ///   - expiresAt: its end; nil for a code that never ends.
    /// - Returns: nil for a lasting code, and for every code that outlasts the day after its own.
    package static func of(list: String?, issuedAt: UInt64, expiresAt: UInt64?) -> UInt64? {
        guard let expiresAt else { return nil }
        let day = list.map { StatusListReference.day(ofListName: $0) } ?? issuedAt / seconds
        return day.flatMap { expiresAt <= end(of: $0) ? $0 : nil }
    }

    /// The time at which every code of a day has ended, in seconds since 1970-01-01T00:00:00Z.
    package static func end(of day: UInt64) -> UInt64 {
        day > UInt64.max / seconds - lastingDays ? .max : (day + lastingDays) * seconds
    }

    /// The first day whose codes must stay.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - retentionDays: the days for which a code's row stays after the code's end.
    /// - Returns: the day; 0 where every code stays.
    package static func firstKept(at now: UInt64, retentionDays: UInt64) -> UInt64 {
        let (day, kept) = (now / seconds, retentionDays + lastingDays)
        return day >= kept ? day - kept + 1 : 0
    }
}

extension IssuedCodeRecord {
    /// The day with which the code's row ends; nil for a lasting code.
    package var day: UInt64? { CodeDay.of(list: list?.name, issuedAt: issuedAt, expiresAt: expiresAt) }
}
