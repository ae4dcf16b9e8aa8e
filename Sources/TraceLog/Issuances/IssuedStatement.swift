import Encoding

/// What an entry of the log of acts states about the codes issued in some minutes.
package struct IssuedStatement: Sendable, Hashable {
    /// The minutes of a day.
    package static let daySpan: UInt64 = 1440
    /// The least leaves in a file that somebody fetches.
    package static let neighbourCountMin = 1000
    /// The most bits of a digest that name a file.
    package static let bitCountMax = 16
    /// The most leaves of a set, far above a day's.
    private static let countMax: UInt64 = 1 << 40

    /// The first minute, counted from 1970-01-01T00:00:00Z.
    package let minute: UInt64
    /// The number of minutes, 1 to 1,440.
    package let span: UInt64
    /// The number of issued codes, at least 1.
    package let count: UInt64
    /// How many of a digest's first bits name the file that has it.
    package let bitCount: Int
    /// The root over the sorted leaves (RFC 6962 §2.1).
    package let root: MerkleHash

    package init(minute: UInt64, span: UInt64, count: UInt64, bitCount: Int, root: MerkleHash) {
        self.minute = minute
        self.span = span
        self.count = count
        self.bitCount = bitCount
        self.root = root
    }

    /// The minutes of the set.
    package var minutes: Range<UInt64> { minute..<minute + span }

    /// Whether the set is published as files: it has enough leaves that a file tells nobody much, or is a whole day.
    package var hasFiles: Bool { count >= UInt64(Self.neighbourCountMin) || span == Self.daySpan }

    /// The entry's act.
    package var act: Act {
        get throws(TraceLogError) {
            try Act(
                .issued,
                [String(bitCount), String(count), String(minute), Hex.encode(root.bytes), String(span)])
        }
    }

    /// Reads an act; nil when it is no statement of issued codes.
    package init?(_ act: Act) {
        guard act.term == .issued, act.values.count == 5,
            let bitCount = Self.number(act.values[0], max: UInt64(Self.bitCountMax)),
            let count = Self.number(act.values[1], max: Self.countMax), count > 0,
            let minute = Self.number(act.values[2], max: 1 << 48), let root = Self.hash(act.values[3]),
            let span = Self.number(act.values[4], max: Self.daySpan), span > 0
        else { return nil }
        self.init(minute: minute, span: span, count: count, bitCount: Int(bitCount), root: root)
    }

    private static func hash(_ text: String) -> MerkleHash? {
        guard let bytes = try? Hex.decode(text), Hex.encode(bytes) == text else { return nil }
        return MerkleHash(bytes)
    }

    static func number(_ text: some StringProtocol, max: UInt64) -> UInt64? {
        guard let number = UInt64(text), number <= max, String(number) == text else { return nil }
        return number
    }

    /// The folder of the set's files, in the log's folder.
    package var folder: String { Self.folder(ofMinute: minute, span: span) }
    /// The folder of a set's files, in the log's folder.
    package static func folder(ofMinute minute: UInt64, span: UInt64) -> String { "\(folder)/\(minute)-\(span)" }
    /// The folder of all sets.
    package static let folder = "issued"
    /// The list of all sets.
    package static let indexPath = folder + "/index"

    /// The path of the file that has the digests with these first bits.
    package func path(of prefix: UInt16) -> String {
        let digits = String(prefix, radix: 16)
        return "\(folder)/\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    }

    /// The first bits of a digest that name its file.
    package func prefix(of digest: MerkleHash) -> UInt16 {
        bitCount == 0 ? 0 : digest.prefix >> UInt16(Self.bitCountMax - bitCount)
    }

    /// Whether a path is of one of the files below ``folder``: the list, or a file of a set.
    package static func isPath(_ path: String) -> Bool {
        if path == indexPath { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == folder, parts[2].utf8.count == 4,
            parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return false }
        let numbers = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { number($0, max: 1 << 48) != nil }
    }
}
