/// ISO 8601 times with an offset, as EPCIS writes them.
package enum EventTime {
    /// The time in UTC with three digits of fraction and a Z; what is no time stays as it is.
    static func canonical(_ text: String) -> String {
        parse(text).map { self.text(milliseconds: $0) } ?? text
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, the fraction rounded half to even; nil for what is no time.
    static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x20,
            bytes[13] == 0x3A, bytes[16] == 0x3A, let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
            let day = digits(bytes[8..<10]), let hour = digits(bytes[11..<13]), let minute = digits(bytes[14..<16]),
            let second = digits(bytes[17..<19]), (1...12).contains(month), (1...31).contains(day), hour < 25,
            minute < 60, second < 61
        else { return nil }
        var rest = bytes[19...]
        var microseconds: Int64 = 0
        if rest.first == 0x2E || rest.first == 0x2C {
            let fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !fraction.isEmpty, let value = digits((Array(fraction) + [0x30, 0x30, 0x30, 0x30, 0x30])[0..<6])
            else {
                return nil
            }
            microseconds = value
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let offset = offsetMinutes(rest) else { return nil }
        let days = days(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        var thousandths = microseconds / 1000
        let left = microseconds % 1000
        if left > 500 || (left == 500 && thousandths % 2 == 1) { thousandths += 1 }
        return seconds * 1000 + thousandths
    }

    /// Minutes east of UTC; nil for what is neither `Z` nor `±hh:mm`.
    static func offsetMinutes(_ bytes: some Collection<UInt8>) -> Int64? {
        let bytes = Array(bytes)
        if bytes == [0x5A] { return 0 }
        guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A,
            let hours = digits(bytes[1..<3]), let minutes = digits(bytes[4..<6]), hours < 15, minutes < 60
        else { return nil }
        return (bytes[0] == 0x2D ? -1 : 1) * (hours * 60 + minutes)
    }

    /// The times that ISO 8601 writes with a year of four digits, 0000 to 9999, at every offset.
    static let milliseconds = Int64(-62_167_132_800_000)...253_402_214_399_999

    /// `2026-11-24T01:02:03.456Z`; a time beyond the years 0000 to 9999 becomes the nearest within.
    static func text(milliseconds: Int64) -> String {
        let milliseconds = min(max(milliseconds, self.milliseconds.lowerBound), self.milliseconds.upperBound)
        let day = floorDivided(milliseconds, by: 86_400_000)
        let time = milliseconds - day * 86_400_000
        let (year, month, dayOfMonth) = date(day)
        let clock =
            "\(padded(time / 3_600_000)):\(padded(time / 60_000 % 60)):\(padded(time / 1000 % 60))"
        return "\(padded(year, 4))-\(padded(month))-\(padded(dayOfMonth))T\(clock).\(padded(time % 1000, 3))Z"
    }

    /// `2026-11-24T09:02:03.456+08:00`: the clock of the place.
    package static func text(milliseconds: Int64, offsetMinutes: Int64) -> String {
        let (local, overflow) = milliseconds.addingReportingOverflow(offsetMinutes * 60_000)
        return text(milliseconds: overflow ? milliseconds : local).dropLast() + offsetText(offsetMinutes)
    }

    /// `+08:00`.
    static func offsetText(_ minutes: Int64) -> String {
        "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60)):\(padded(abs(minutes) % 60))"
    }

    static func padded(_ value: Int64, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    // Days from 1970-01-01 in the proleptic Gregorian calendar, by years that begin in March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivided(shifted, by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivided(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor)
    }
}
