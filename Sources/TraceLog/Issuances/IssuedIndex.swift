/// The list of the sets that are published as files, which tells a reader where to look.
///
/// The first line is `through MINUTE`; each further line is `MINUTE SPAN COUNT BITS ENTRY`, in ascending order of the
/// minutes. Nothing here is proved: each set is compared with the entry that the line names.
package struct IssuedIndex: Sendable, Equatable {
    /// A set, and the index of the entry that states it.
    package struct Line: Sendable, Equatable {
        package let minute: UInt64
        package let span: UInt64
        package let count: UInt64
        package let bitCount: Int
        package let entryIndex: UInt64

        package init(minute: UInt64, span: UInt64, count: UInt64, bitCount: Int, entryIndex: UInt64) {
            self.minute = minute
            self.span = span
            self.count = count
            self.bitCount = bitCount
            self.entryIndex = entryIndex
        }

        fileprivate init?(_ text: some StringProtocol) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 5, let minute = IssuedStatement.number(parts[0], max: 1 << 48),
                let span = IssuedStatement.number(parts[1], max: IssuedStatement.daySpan), span > 0,
                let count = IssuedStatement.number(parts[2], max: 1 << 40), count > 0,
                let bitCount = IssuedStatement.number(parts[3], max: UInt64(IssuedStatement.bitCountMax)),
                let entryIndex = IssuedStatement.number(parts[4], max: UInt64(Int64.max) - 1)
            else { return nil }
            self.init(
                minute: minute, span: span, count: count, bitCount: Int(bitCount), entryIndex: entryIndex)
        }

        fileprivate var text: String { "\(minute) \(span) \(count) \(bitCount) \(entryIndex)\n" }

        /// Whether a statement is the one of this line.
        package func isOf(_ statement: IssuedStatement) -> Bool {
            minute == statement.minute && span == statement.span && count == statement.count
                && bitCount == statement.bitCount
        }
    }

    /// The most bytes of the list: a century of days, and a day of minutes.
    package static let byteCountMax = 1 << 22
    private static let head = "through "

    /// Every code that was issued up to the end of this minute is in a set.
    package let through: UInt64
    package let lines: [Line]

    package init(through: UInt64, lines: [Line]) {
        self.through = through
        self.lines = lines.sorted { $0.minute < $1.minute }
    }

    package var bytes: [UInt8] {
        Array((Self.head + "\(through)\n" + lines.map(\.text).joined()).utf8)
    }

    /// Reads a list.
    ///
    /// - Throws: `malformed_issued_file`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        guard bytes.count <= Self.byteCountMax, bytes.last == 0x0A else { throw .issuedFile("the list is cut short") }
        let texts = String(decoding: bytes.dropLast(), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = texts.first, first.hasPrefix(Self.head),
            let through = IssuedStatement.number(first.dropFirst(Self.head.count), max: 1 << 48)
        else { throw .issuedFile("the list does not say how far it goes") }
        var lines: [Line] = []
        for text in texts.dropFirst() {
            guard let line = Line(text), lines.last.map({ $0.minute + $0.span <= line.minute }) ?? true else {
                throw .issuedFile("a line of the list is malformed or out of order")
            }
            lines.append(line)
        }
        self.through = through
        self.lines = lines
    }
}
