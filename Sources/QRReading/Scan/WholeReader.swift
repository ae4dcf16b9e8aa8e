/// Reads every symbol in a picture, in the picture's own size.
struct WholeReader {
    private var finders = FinderSearch()
    private var negative = PixelBuffer()
    private var smoother = Smoother()
    private var smooth = PixelBuffer()
    private var look = Sight()
    private var reader = SymbolReader()
    private var personCodes = PersonCodeSearch()
    private var symbols = SymbolSearch()
    /// The patterns that are combined, and those of them outside of codes that were read.
    private var (dark, light, rest): ([FinderPattern], [FinderPattern], [FinderPattern]) = ([], [], [])
    private var (darkCodes, lightCodes, others): ([SeenSymbol], [SeenSymbol], [SeenSymbol]) = ([], [], [])
    /// The unread codes that were seen in smaller pictures, and are tried again in this one.
    private var retriedCount = 0

    /// The finder patterns of the latest picture that was searched here.
    var detector: FinderDetector { finders.detector }

    /// The most patterns that are combined: those of 400 codes.
    private static let patternCountMax = 1_200
    /// The fraction of its rows that must confirm a pattern.
    private static let supportMin = 0.35
    /// The window of the threshold, as a fraction of the long side, as in the plan's first look.
    private static let windowShare = ScanPlan.firstWindowShare
    /// The largest window, in pixels: a symbol's finder pattern of this size is read in a smaller picture.
    private static let windowMax = ScanPlan.longSideMax / windowShare
    /// How much darker than its neighbourhood a dark pixel is, in grey levels.
    private static let (offset, smoothOffset): (Int32, Int32) = (4, 1)

    /// The search for others ends after this fraction of the remaining time without a code.
    private static let shareWithoutSuccess: UInt64 = 2

    /// Reads all symbols: first those that may be person codes, all of which are found, and then others while time
    /// is left.
    ///
    /// - Parameters:
    ///   - source: a grey picture.
    ///   - known: the patterns of this picture, if an equal search has found them already.
    ///   - isSmoothed: whether noise is smoothed first.
    ///   - factor: the size of the whole picture, as a multiple of this one's.
    ///   - freeCount: the codes that may still be read without regard to the deadline.
    ///   - deadline: when to stop.
    ///   - sight: has what was read before in the whole picture, and gets the results.
    mutating func read(
        _ source: PixelBuffer, known: FinderDetector? = nil, isSmoothed: Bool = false, factor: Double,
        freeCount: inout Int, deadline: Deadline, into sight: inout Sight
    ) {
        if isSmoothed { smoother.apply(source, into: &smooth) }
        let picture = isSmoothed ? smooth : source
        retriedCount = sight.unread.count
        if known == nil {
            let window = min(max(15, max(picture.width, picture.height) / Self.windowShare), Self.windowMax)
            finders.find(
                in: picture, window: window, offset: isSmoothed ? Self.smoothOffset : Self.offset, deadline: .none)
        }
        let darkView = GreyView(picture: picture, isInverted: false)
        let lightView = GreyView(picture: picture, isInverted: true)
        Self.select((known ?? detector).dark, darkView, into: &dark)
        Self.select((known ?? detector).light, lightView, into: &light)
        personCodes.find(between: dark, in: darkView, into: &darkCodes)
        personCodes.find(between: light, in: lightView, into: &lightCodes)
        if light.count >= 3 { negative.loadInverted(picture) }
        for symbol in darkCodes { take(symbol, picture, factor, &freeCount, deadline, into: &sight) }
        for symbol in lightCodes { take(symbol, negative, factor, &freeCount, deadline, into: &sight) }
        readOthers(dark, darkView, picture, factor, deadline, into: &sight)
        readOthers(light, lightView, negative, factor, deadline, into: &sight)
    }

    /// Selects the patterns to combine; of very many, those that look like one from most sides, which noise does not.
    private static func select(_ list: FinderList, _ view: GreyView, into patterns: inout [FinderPattern]) {
        list.select(atLeast: supportMin, countMax: patternCountMax, into: &patterns)
        guard patterns.count > patternCountOfNoise else { return }
        patterns.removeAll { pattern in
            directions.count { FinderRay(pattern, right: $0.0, down: $0.1, in: view) != nil } < sideCountMin
        }
    }

    /// More patterns than 100 codes have.
    private static let patternCountOfNoise = 300
    private static let diagonal = 0.5.squareRoot()
    private static let directions = [(1.0, 0.0), (0, 1), (diagonal, diagonal), (diagonal, -diagonal)]
    /// A true pattern may be damaged on one side.
    private static let sideCountMin = 3

    private mutating func readOthers(
        _ patterns: [FinderPattern], _ view: GreyView, _ picture: PixelBuffer, _ factor: Double, _ deadline: Deadline,
        into sight: inout Sight
    ) {
        rest.removeAll(keepingCapacity: true)
        for pattern in patterns where !sight.hasRead(at: (pattern.x * factor, pattern.y * factor)) {
            rest.append(pattern)
        }
        guard rest.count >= 3, !deadline.isOver else { return }
        // In noise, patterns are many and false, and other looks may see more.
        var share = deadline.share(Self.shareWithoutSuccess)
        var freeCount = 0
        symbols.load(rest)
        for size in 0..<SymbolSearch.classCount {
            for corner in 0..<symbols.patternCount {
                if share.isOver { return }
                symbols.find(at: corner, size: size, in: view, into: &others)
                for symbol in others where take(symbol, picture, factor, &freeCount, deadline, into: &sight) {
                    share = deadline.share(Self.shareWithoutSuccess)
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
