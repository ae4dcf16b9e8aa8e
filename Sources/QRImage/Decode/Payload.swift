/// What a symbol holds: bytes, and the character sets that it announces for them.
package struct Payload: Sendable, Equatable {
    /// Bytes from `start` on, up to the next run.
    struct Run: Sendable, Equatable {
        let start: Int
        /// Nil where none is announced.
        let characterSet: CharacterSet?
    }

    package let bytes: [UInt8]
    /// In order; bytes before the first belong to no announced set.
    let runs: [Run]

    init(bytes: [UInt8], runs: [Run] = []) {
        self.bytes = bytes
        self.runs = runs
    }

    /// The bytes as text, as the standard has them read.
    ///
    /// Announced character sets say what their bytes mean. Other bytes are UTF-8 when they are valid in it, else
    /// ISO/IEC 8859-1, the standard's default (ISO/IEC 18004 §7.3.2). That has no characters from 0x80 to 0x9F: with
    /// such bytes the text is Shift JIS, the default of JIS X 0510, when it is valid in that. Nothing is weighed or
    /// counted. zbar does not say what is announced, nor what was kanji: what only its looks read counts as
    /// unannounced.
    package var text: String {
        guard !runs.isEmpty else { return Self.unannounced(bytes) }
        let starts = [0] + runs.map(\.start) + [bytes.count]
        let sets = [nil] + runs.map(\.characterSet)
        return zip(sets, zip(starts, starts.dropFirst())).map { set, range in
            let part = Array(bytes[range.0..<range.1])
            return set?.text(part) ?? Self.unannounced(part)
        }.joined()
    }

    /// Whether runs, had whatever read the symbol told them, could change the text.
    var mayLackRuns: Bool { runs.isEmpty && bytes.contains { $0 >= 0x80 } }

    private static func unannounced(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if bytes.contains(where: { (0x80...0x9f).contains($0) }), let text = CharacterSet.shiftJIS.text(bytes) {
            return text
        }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
