/// A symbol's content: bytes, and the character sets that it declares for them.
package struct Payload: Sendable, Equatable {
    /// The bytes from `start` to the next run.
    package struct Run: Sendable, Equatable {
        package let start: Int
        /// The declared character set; nil if the symbol declares none for the run.
        package let characterSet: CharacterSet?
    }

    package let bytes: [UInt8]
    /// In order; no character set is declared for bytes before the first run.
    package let runs: [Run]

    init(bytes: [UInt8], runs: [Run] = []) {
        self.bytes = bytes
        self.runs = runs
    }

    /// Whether knowing where each run starts could change the text; zbar does not say.
    var mayLackRuns: Bool { runs.isEmpty && bytes.contains { $0 >= 0x80 } }
}
