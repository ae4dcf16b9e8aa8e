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
        /// No code was read, and looks by zbar were left out because it cannot be loaded.
        case libraryMissing = "library_missing"
    }

    package let outcome: Outcome
    /// The codes that were read, without repetition.
    package let codes: [ScannedCode]
    /// Other codes, which are seen and cannot be read.
    package var unread: [UnreadCode] = []
    /// Whether pixels of the picture are missing or may be wrong.
    package var isDamaged = false
    /// Whether a code was corrected and has a mode, or a subset of Hanzi mode, that no standard defines.
    package var hasUnknownMode = false
    /// The parts of split texts that were read, without repetition.
    var parts: [SplitText.Part] = []

    /// The split texts, joined where all their parts are in the picture.
    package var splitTexts: [SplitText] { SplitText.grouped(parts) }

    /// The places of unread codes that may be a person's: these keep a gate closed.
    package var unreadPersonCodes: [ScannedCode.Corners] { unread.filter { $0.mayBePersonCode }.map { $0.corners } }
}

/// A code whose finder patterns, timing and format are seen, and whose text cannot be read.
package struct UnreadCode: Sendable, Equatable {
    package let corners: ScannedCode.Corners
    /// Whether its version is one that person codes have.
    package let mayBePersonCode: Bool
}
