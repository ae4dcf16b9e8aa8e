/// Reads every symbol in a picture, in the picture's own size.
struct WholeReader {
    private var threshold = LocalThreshold()
    private var binary = PixelBuffer()
    private var negative = PixelBuffer()
    private var smoother = Smoother()
    private var smooth = PixelBuffer()
    private var look = Sight()
    private var reader = SymbolReader()
    private var personCodes = PersonCodeSearch()
    private var symbols = SymbolSearch()
    private var found: [SeenSymbol] = []
    /// The unread codes that were seen in smaller pictures, and are tried again in this one.
    private var retriedCount = 0
    /// The finder patterns of the latest picture.
    private(set) var detector = FinderDetector()

    /// The most patterns that are combined: those of 400 codes.
    private static let patternCountMax = 1_200
    /// The fraction of its rows that must confirm a pattern.
    private static let supportMin = 0.35
    /// The window of the threshold, as a fraction of the long side.
    private static let windowShare = 12
    /// The largest window, in pixels: a symbol's finder pattern of this size is read in a smaller picture.
    private static let windowMax = ScanPlan.longSideMax / windowShare
    /// How much darker than its neighbourhood a dark pixel is, in grey levels.
    private static let (offset, smoothOffset): (Int32, Int32) = (4, 1)

    /// While nothing is read, the search for others takes at most this fraction of the remaining time.
    private static let shareOfUnread: UInt64 = 3

    /// Reads all symbols: first those that may be person codes, all of which are found, and then others while time
    /// is left.
    ///
    /// - Parameters:
    ///   - source: a grey picture.
    ///   - isSmoothed: whether noise is smoothed first.
    ///   - factor: the size of the whole picture, as a multiple of this one's.
    ///   - freeCount: the codes that may still be read without regard to the deadline.
    ///   - deadline: when to stop.
    ///   - sight: has what was read before in the whole picture, and gets the results.
    mutating func read(
        _ source: PixelBuffer, isSmoothed: Bool = false, factor: Double, freeCount: inout Int, deadline: Deadline,
        into sight: inout Sight
    ) {
        if isSmoothed { smoother.apply(source, into: &smooth) }
        let picture = isSmoothed ? smooth : source
        retriedCount = sight.unread.count
        let window = min(max(15, max(picture.width, picture.height) / Self.windowShare), Self.windowMax)
        threshold.apply(picture, window: window, offset: isSmoothed ? Self.smoothOffset : Self.offset, into: &binary)
        let step = picture.height > 1_200 ? 3 : picture.height > 500 ? 2 : 1
        detector.find(in: binary, step: step, deadline: .none)
        let dark = detector.dark.supported(atLeast: Self.supportMin, countMax: Self.patternCountMax)
        let light = detector.light.supported(atLeast: Self.supportMin, countMax: Self.patternCountMax)
        let darkView = GreyView(picture: picture, isInverted: false)
        let lightView = GreyView(picture: picture, isInverted: true)
        let darkCodes = personCodes.find(between: dark, in: darkView)
        let lightCodes = personCodes.find(between: light, in: lightView)
        if light.count >= 3 { negative.loadInverted(picture) }
        for symbol in darkCodes { take(symbol, picture, factor, &freeCount, deadline, into: &sight) }
        for symbol in lightCodes { take(symbol, negative, factor, &freeCount, deadline, into: &sight) }
        var noneFree = 0
        readOthers(dark, darkView, picture, factor, &noneFree, deadline, into: &sight)
        readOthers(light, lightView, negative, factor, &noneFree, deadline, into: &sight)
    }

    private mutating func readOthers(
        _ patterns: [FinderPattern], _ view: GreyView, _ picture: PixelBuffer, _ factor: Double, _ freeCount: inout Int,
        _ deadline: Deadline, into sight: inout Sight
    ) {
        let rest = patterns.filter { !sight.hasRead(at: ($0.x * factor, $0.y * factor)) }
        guard rest.count >= 3, !deadline.isOver else { return }
        // In noise, patterns are many and false, and other looks may see more.
        let share = deadline.share(Self.shareOfUnread)
        symbols.load(rest)
        for size in 0..<SymbolSearch.classCount {
            for corner in 0..<symbols.patternCount {
                if sight.codes.isEmpty ? share.isOver : deadline.isOver { return }
                symbols.find(at: corner, size: size, in: view, into: &found)
                for symbol in found where take(symbol, picture, factor, &freeCount, deadline, into: &sight) {
                    symbols.strikeOut { sight.hasRead(at: ($0.x * factor, $0.y * factor)) }
                }
            }
        }
    }

    /// Reads one symbol, unless it was read or tried before; returns whether it was read now.
    @discardableResult
    private mutating func take(
        _ symbol: SeenSymbol, _ picture: PixelBuffer, _ factor: Double, _ freeCount: inout Int, _ deadline: Deadline,
        into sight: inout Sight
    ) -> Bool {
        let corners = symbol.corners.placed(by: factor)
        let middle = corners.middle
        let tried = sight.unread.dropFirst(retriedCount)
        guard !sight.hasRead(at: middle), !tried.contains(where: { $0.corners.contain(x: middle.x, y: middle.y) })
        else { return false }
        look.clear()
        let isFree = freeCount > 0
        freeCount -= 1
        var outcome = reader.read(
            symbol.triple, picture, refined: false, deadline: isFree ? .none : deadline, into: &look)
        if outcome.corners == nil {
            outcome = reader.read(symbol.triple, picture, refined: true, deadline: deadline, into: &look)
        }
        guard let place = outcome.corners else {
            sight.unread.append(UnreadCode(corners: corners, mayBePersonCode: symbol.mayBePersonCode))
            return false
        }
        look.place(by: factor, x: 0, y: 0)
        sight.add(look)
        sight.places.append(place.placed(by: factor))
        return true
    }
}
