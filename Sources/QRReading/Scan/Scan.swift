/// What a picture gave.
package struct Scan: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        /// At least one code was read.
        case codes
        /// Nothing in the picture looks like a code.
        case noCode = "no_code"
        /// A code is there, and cannot be read.
        case unreadable
        /// Only parts of a text that is spread over several codes were found; such texts are refused.
        case structuredAppend = "structured_append"
    }

    package let outcome: Outcome
    /// Every code that was read, each once.
    package let codes: [ScannedCode]
}
