/// Days of the Gregorian calendar, as numbers YYYYMMDD.
enum CalendarDate {
    private static let dayCounts = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    static func isValid(_ number: Int) -> Bool {
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100)
        guard (1...12).contains(month), year >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let dayCount = month == 2 && isLeap ? 29 : dayCounts[month - 1]
        return (1...dayCount).contains(day)
    }
}
