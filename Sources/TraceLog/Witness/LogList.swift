/// Reads the list of the logs that a witness knows.
///
/// The list is C2SP's tlog-list: a line `logs/v0`, then for each log the lines `vkey VKEY`, `origin ORIGIN` where the
/// log's name is not its key's, `qpd N` and `contact TEXT`. A list without the line `logs/v0` has one log's verifier
/// key a line. Empty lines and lines that begin with `#` are ignored.
package enum LogList {
    /// The most logs of one witness.
    package static let logCountMax = 10_000
    /// The most bytes of a list: four lines of about 250 bytes for each log.
    package static let byteCountMax = 10 << 20
    private static let header = "logs/v0"

    /// Reads a whole list.
    ///
    /// - Returns: the logs, none of them cosigned yet; each origin occurs once.
    /// - Throws: `malformed_key`, with the number of the line.
    package static func read(_ bytes: [UInt8]) throws(TraceLogError) -> [WitnessedLog] {
        guard bytes.count <= byteCountMax, let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("it is not UTF-8 text of at most \(byteCountMax) bytes")
        }
        var reader = Reader()
        for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let words = String(Substring(line)).trimmingBlanks
            guard let first = words.utf8.first, first != UInt8(ascii: "#") else { continue }
            do throws(TraceLogError) {
                try reader.take(words)
            } catch {
                throw TraceLogError(code: error.code, reason: "line \(index + 1): \(error.reason)", hint: error.hint)
            }
        }
        try reader.endLog()
        return reader.logs
    }

    private struct Reader {
        var logs: [WitnessedLog] = []
        private var origins: Set<[UInt8]> = []
        private var isList = false
        private var isFirst = true
        private var key: NoteKey?
        private var origin: String?
        /// The place of the last line among the lines of its log.
        private var step = 0
        private static let steps = ["vkey", "origin", "qpd", "contact"]

        mutating func take(_ line: String) throws(TraceLogError) {
            defer { isFirst = false }
            if isFirst, line == LogList.header {
                isList = true
            } else if isList {
                try takeField(line)
            } else {
                key = try Self.logKey(line)
                try endLog()
            }
        }

        private mutating func takeField(_ line: String) throws(TraceLogError) {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, let place = Self.steps.firstIndex(of: parts[0]) else {
                throw malformed("it is no line of a log: vkey, origin, qpd or contact, each with a value")
            }
            if place == 0 {
                try endLog()
                key = try Self.logKey(parts[1])
            } else if key == nil || place <= step {
                throw malformed("a log's lines are vkey, origin, qpd and contact, in this order")
            }
            step = place
            if place == 1 { origin = parts[1] }
            if place == 2, Int32(parts[1]).map({ $0 > 0 && String($0) == parts[1] }) != true {
                throw malformed("qpd is not a whole number from 1")
            }
        }

        mutating func endLog() throws(TraceLogError) {
            guard let key else { return }
            let origin = origin ?? key.name
            guard origins.insert(Array(origin.utf8)).inserted else {
                throw malformed("the log \(origin) is named twice")
            }
            guard logs.count < LogList.logCountMax else { throw malformed("it has over \(LogList.logCountMax) logs") }
            logs.append(WitnessedLog(key: key, origin: origin))
            (self.key, self.origin, step) = (nil, nil, 0)
        }

        private static func logKey(_ text: String) throws(TraceLogError) -> NoteKey {
            let key = try NoteKey(vkey: text)
            guard key.kind == .ed25519 else { throw malformed("its key is not a log's, of type Ed25519 (1)") }
            return key
        }
    }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedKey, reason: "the list of logs is malformed: \(reason)",
            hint: "write it as C2SP's tlog-list describes, or one verifier key a line")
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmingBlanks: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let bytes = utf8.drop(while: isBlank)
        let end = bytes.lastIndex { !isBlank($0) }.map { bytes.index(after: $0) } ?? bytes.startIndex
        return String(Substring(bytes[..<end]))
    }
}
