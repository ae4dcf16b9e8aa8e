/// The result of reading a picture.
package struct Scan: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        /// At least one code was read.
        case codes
        /// Nothing in the picture looks like a code.
        case noCode = "no_code"
        /// There is a code that cannot be read.
        case unreadable
        /// Only parts of texts that are split over several codes were found; gates refuse such texts.
        case structuredAppend = "structured_append"
    }

    package let outcome: Outcome
    /// The codes that were read, without repetition.
    package let codes: [ScannedCode]
    /// The places of other codes that may be a person's: they are seen, and cannot be read.
    package var unread: [ScannedCode.Corners] = []
    /// Whether a code was corrected and has a mode, or a subset of Hanzi mode, that no standard defines.
    package var hasUnknownMode = false
    /// The parts of split texts that were read, without repetition.
    var parts: [SplitText.Part] = []

    /// The split texts, joined where all their parts are in the picture.
    package var splitTexts: [SplitText] { SplitText.grouped(parts) }
}
