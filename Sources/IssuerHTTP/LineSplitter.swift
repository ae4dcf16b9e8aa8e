/// Splits a stream of bytes into lines; its memory is limited to one line.
struct LineSplitter {
    /// A line without its line feed, or the fact that a line was too long.
    enum Line: Sendable {
        case text([UInt8])
        case tooLong
    }

    private let byteCountMax: Int
    private var rest: [UInt8] = []
    private var isTooLong = false

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    /// The lines that end within these bytes.
    mutating func lines(endingIn bytes: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var unread = bytes[...]
        while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
            keep(unread[..<end])
            lines.append(take())
            unread = unread[unread.index(after: end)...]
        }
        keep(unread)
        return lines
    }

    /// The last line, if it has no line feed.
    mutating func last() -> Line? {
        rest.isEmpty && !isTooLong ? nil : take()
    }

    private mutating func keep(_ piece: some Collection<UInt8>) {
        if rest.count + piece.count > byteCountMax {
            isTooLong = true
            rest.removeAll()
        }
        if !isTooLong { rest.append(contentsOf: piece) }
    }

    private mutating func take() -> Line {
        defer {
            rest.removeAll()
            isTooLong = false
        }
        return isTooLong ? .tooLong : .text(rest)
    }
}
