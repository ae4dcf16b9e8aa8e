/// Reads codes by their own geometry: finder patterns, a plane through them, one grey value a module.
///
/// It stands tilt, tiny and dense codes better than zbar does, and knows where a code is that it cannot read.
struct GeometricPass {
    private var threshold = LocalThreshold()
    private var binary = PixelBuffer()
    private var negative = PixelBuffer()
    private var detector = FinderDetector()
    private var triples: [FinderTriple] = []
    /// Where the codes lie that were read.
    private var read: [ScannedCode.Corners] = []
    private var unread: [FinderTriple] = []
    private var reader = SymbolReader()

    private static let triplesMax = 12

    /// Looks for codes in a picture.
    ///
    /// - Parameters:
    ///   - picture: grey.
    ///   - window: the neighbourhood of the threshold, in pixels.
    ///   - offset: how much darker than its mean dark has to be.
    ///   - refined: whether the plane is improved step by step, which takes longer.
    ///   - deadline: when to stop, whatever has been found.
    ///   - sight: takes what was found.
    mutating func read(
        _ picture: PixelBuffer, window: Int, offset: Int32, refined: Bool, deadline: Deadline,
        into sight: inout Sight
    ) {
        threshold.apply(picture, window: window, offset: offset, into: &binary)
        let step = picture.height > 1_200 ? 3 : picture.height > 500 ? 2 : 1
        detector.find(in: binary, step: step, deadline: deadline)
        read.removeAll(keepingCapacity: true)
        collectTriples(of: detector.dark)
        readTriples(in: picture, refined: refined, deadline: deadline, into: &sight)
        collectTriples(of: detector.light)
        guard !triples.isEmpty else { return }
        negative.loadInverted(picture)
        readTriples(in: negative, refined: refined, deadline: deadline, into: &sight)
    }

    /// Collects what may be a symbol's three finder patterns.
    ///
    /// What looks like one within a code that was read is its modules.
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
        // The wrong way round, a code that was read may have looked like another.
        sight.seesCode = sight.seesCode || unread.contains { !$0.lies(in: read) }
    }

    /// Of thousands, a dozen is all that is looked at: they are never put in order.
    private mutating func takeBestTriple() -> FinderTriple? {
        guard let best = triples.indices.min(by: { triples[$0].strain < triples[$1].strain }) else { return nil }
        triples.swapAt(best, triples.count - 1)
        return triples.removeLast()
    }
}
