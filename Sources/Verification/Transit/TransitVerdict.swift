/// What is said of a transit code.
package struct TransitVerdict: Sendable, Equatable {
    /// `ok`, or why the code is refused, in the words of verdicts.
    package let code: String
    /// What public terminals answer: 0, −1, or −101 to −106; nil for a replay, for which they have no number.
    package let terminalNumber: Int?
    /// The card account, 10 bytes; only when the code is accepted.
    package let cardAccount: [UInt8]?
    /// When the holder's phone made the code, Unix seconds; only when the code is accepted.
    package let generatedAt: UInt64?

    package var isAccepted: Bool { code == "ok" }

    static func refused(_ code: String, _ terminalNumber: Int?) -> TransitVerdict {
        TransitVerdict(code: code, terminalNumber: terminalNumber, cardAccount: nil, generatedAt: nil)
    }
}
