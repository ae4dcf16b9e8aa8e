import Encoding
import QRReading

/// A camera's film: what the frames before have shown, and the memory that they used.
struct Film {
    private var scanner: FilmScanner
    private var tracker = FrameTracker()
    private var frame = GreyImage(blankOfWidth: 1, height: 1)

    /// The time for the looks at one frame, as `verify --frames` has it.
    static let budgetMillisecondsDefault: UInt64 = 15

    init(budgetMilliseconds: UInt64 = budgetMillisecondsDefault) {
        let limit = Scanner.Limit(budgetMilliseconds: budgetMilliseconds, microseconds: PageClock.microseconds)
        scanner = FilmScanner(Scanner(limit: limit, foreign: nil))
    }

    /// Forgets the film.
    ///
    /// - Returns: an empty object.
    mutating func reset(budgetMilliseconds: UInt64) -> JSONObject {
        (scanner, tracker) = (Film(budgetMilliseconds: budgetMilliseconds).scanner, FrameTracker())
        return [:]
    }

    /// Reads the next frame.
    ///
    /// - Parameters:
    ///   - pixels: the frame.
    ///   - flags: one byte; bit 0 for a frame that was already waiting, bit 1 where the page awaits a search.
    /// - Returns: what the frame shows.
    /// - Throws: `step_misused` for other flags.
    mutating func read(_ pixels: Pixels, flags: ArraySlice<UInt8>) throws(StepFailure) -> JSONObject {
        guard let flags = flags.first, flags < 4 else { throw .misused }
        pixels.load(into: &frame)
        let tracker = tracker
        let shown = scanner.read(frame, isLate: flags & 1 != 0) { codes in
            flags & 2 != 0 || codes.contains { tracker.isNew($0) }
        }
        let codes = shown.scan.codes
        // A code that is new in a frame without a search stays new, as at a gate.
        let told = codes.map { $0.bytes }.filter { code in shown.isSearched || !tracker.isNew(code) }
        let newCodes = self.tracker.newCodes(told)
        let new = codes.indices.filter { newCodes.contains(codes[$0].bytes) }
        let unread = shown.isSearched ? shown.scan.unreadPersonCodes : []
        return [
            "codes": .array(
                codes.map { ["bytes": .string(Hex.encode($0.bytes)), "corners": $0.corners?.json ?? []] }),
            "new": .array(new.map { .integer(Int64($0)) }), "unread": .array(unread.map { $0.json }),
            "isSearched": .bool(shown.isSearched),
        ]
    }
}
