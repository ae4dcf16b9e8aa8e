/// Checks the ISO 8601 dates and times of health certificates, without converting them.
enum ISODate {
    /// The longest text that is checked: a date-time with nanoseconds and an offset has 35 characters.
    private static let byteCountMax = 40

    /// A full date, alone or followed by a time.
    static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(byteCountMax + 1))
        guard bytes.count <= byteCountMax, isFullDate(bytes.prefix(10)) else { return false }
        return bytes.count == 10 || isTimeSuffix(bytes.dropFirst(10))
    }

    /// A date-time, with or without fraction and offset.
    static func isDateTime(_ text: String) -> Bool {
        text.utf8.count > 10 && isDate(text)
    }

    /// A year, or a year and a month: some holders' documents say no more.
    static func isPartialDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(8))
        guard isYear(bytes.prefix(4)) else { return false }
        if bytes.count == 4 { return true }
        guard bytes.count == 7, bytes[4] == 0x2D, let month = number(bytes[5...6]) else { return false }
        return (0...12).contains(month)
    }

    private static func isFullDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == 10, isYear(bytes.prefix(4)), bytes[bytes.startIndex + 4] == 0x2D,
            bytes[bytes.startIndex + 7] == 0x2D,
            let year = number(bytes.prefix(4)), let month = number(bytes.dropFirst(5).prefix(2)),
            let day = number(bytes.suffix(2)), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// The schemas allow the years 1900 to 2099.
    private static func isYear(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == 4 && number(bytes).map((1900...2099).contains) ?? false
    }

    private static func isTimeSuffix(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        guard let mark = rest.popFirst(), mark == 0x54 || mark == 0x74 || mark == 0x20,
            let hour = take(&rest), hour < 24, rest.popFirst() == 0x3A, let minute = take(&rest), minute < 60
        else { return false }
        if rest.first == 0x3A {
            rest.removeFirst()
            guard let second = take(&rest), second <= 60 else { return false }
            if rest.first == 0x2E || rest.first == 0x2C {
                rest.removeFirst()
                let digits = rest.prefix { (0x30...0x39).contains($0) }
                guard (1...9).contains(digits.count) else { return false }
                rest = rest.dropFirst(digits.count)
            }
        }
        return isOffset(rest)
    }

    private static func isOffset(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        guard let mark = rest.popFirst() else { return true }
        if mark == 0x5A || mark == 0x7A { return rest.isEmpty }
        guard mark == 0x2B || mark == 0x2D, let hour = take(&rest), hour < 24 else { return false }
        if rest.isEmpty { return true }
        if rest.first == 0x3A { rest.removeFirst() }
        guard let minute = take(&rest), minute < 60 else { return false }
        return rest.isEmpty
    }

    private static func take(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 2, let value = number(bytes.prefix(2)) else { return nil }
        bytes = bytes.dropFirst(2)
        return value
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
