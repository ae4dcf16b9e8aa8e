/// Reads codes by their geometry: finder patterns, a plane through them, one grey value a module.
///
/// It reads tilted, tiny and dense codes better than zbar, and knows the position of a code that it cannot read.
struct GeometricPass {
    private var finders = FinderSearch()
    private var negative = PixelBuffer()
    private var triples: [FinderTriple] = []
    /// The positions of the codes that were read.
    private var read: [ScannedCode.Corners] = []
    private var unread: [FinderTriple] = []
    private var reader = SymbolReader()

    /// The finder patterns of the latest picture.
    var detector: FinderDetector { finders.detector }

    private static let triplesMax = 12

    /// Looks for codes in a picture.
    ///
    /// - Parameters:
    ///   - picture: grey.
    ///   - window: the size of the threshold's neighbourhood, in pixels.
    ///   - offset: how much darker than the neighbourhood's mean a dark pixel must be.
    ///   - refined: whether the plane is improved step by step, which takes longer.
    ///   - deadline: when to stop.
    ///   - sight: gets the results.
    mutating func read(
        _ picture: PixelBuffer, window: Int, offset: Int32, refined: Bool, deadline: Deadline,
        into sight: inout Sight
    ) {
        finders.find(in: picture, window: window, offset: offset, deadline: deadline)
        read.removeAll(keepingCapacity: true)
        collectTriples(of: detector.dark)
        readTriples(in: picture, refined: refined, deadline: deadline, into: &sight)
        collectTriples(of: detector.light)
        guard !triples.isEmpty else { return }
        negative.loadInverted(picture)
        readTriples(in: negative, refined: refined, deadline: deadline, into: &sight)
    }

    /// Collects the triples that may be a symbol's finder patterns.
    ///
    /// A pattern inside a code that was read is part of that code's modules.
    private mutating func collectTriples(of patterns: FinderList) {
        triples.removeAll(keepingCapacity: true)
        FinderTriple.add(patterns.best, to: &triples)
        triples.removeAll { $0.lies(in: read) }
    }

    private mutating func readTriples(
        in picture: PixelBuffer, refined: Bool, deadline: Deadline, into sight: inout Sight
    ) {
        unread.removeAll(keepingCapacity: true)
        var tried = 0
        while tried < Self.triplesMax, !deadline.isOver, let triple = takeBestTriple() {
            if triple.lies(in: read) { continue }
            tried += 1
            switch reader.read(triple, picture, refined: refined, deadline: deadline, into: &sight) {
            case .read(let corners):
                read.append(corners)
                tried = 0
            case .seen: unread.append(triple)
            case .nothing: continue
            }
        }
        // A code that was read may have looked like another one before, with its patterns in another order.
        sight.seesCode = sight.seesCode || unread.contains { !$0.lies(in: read) }
    }

    /// Removes the best triple; they are not sorted, since only a dozen of thousands is used.
    private mutating func takeBestTriple() -> FinderTriple? {
        guard let best = triples.indices.min(by: { triples[$0].strain < triples[$1].strain }) else { return nil }
        triples.swapAt(best, triples.count - 1)
        return triples.removeLast()
    }
}
