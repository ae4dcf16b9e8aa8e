/// Cuts a stream of bytes into lines, in memory bounded by one line.
struct LineSplitter {
    /// A line without its end, or the fact that there was one too long to keep.
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

    /// The lines that end in these bytes.
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

    /// A last line without its end, if there is one.
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
