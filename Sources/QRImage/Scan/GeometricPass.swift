/// Reads codes by their own geometry: finder patterns, a plane through them, one grey value a module.
///
/// It stands tilt, tiny and dense codes better than zbar does, and knows where a code is that it cannot read.
struct GeometricPass {
    private var threshold = LocalThreshold()
    private var binary = PixelBuffer()
    private var detector = FinderDetector()
    private var triples: [FinderTriple] = []
    /// Where the codes lie that were read.
    private var read: [ScannedCode.Corners] = []
    private var unread: [FinderTriple] = []
    private var sampler = SymbolSampler()
    private var decoder = SymbolDecoder()

    /// The fixed patterns must fit at least so well before anything is decoded; noise stays below.
    private static let fitMin = 0.22
    /// Three patterns in place and timing between them: surely a code, whether read or not.
    private static let fitOfCode = 0.45
    private static let triplesMax = 12

    /// Looks for codes in a picture.
    ///
    /// - Parameters:
    ///   - picture: grey.
    ///   - window: the neighbourhood of the threshold, in pixels.
    ///   - refined: whether the plane is improved step by step, which takes longer.
    ///   - deadline: when to stop, whatever has been found.
    ///   - sight: takes what was found.
    mutating func read(
        _ picture: PixelBuffer, window: Int, refined: Bool, deadline: Deadline, into sight: inout Sight
    ) {
        threshold.apply(picture, window: window, offset: 4, into: &binary)
        let step = picture.height > 1_200 ? 3 : picture.height > 500 ? 2 : 1
        detector.find(in: binary, step: step, deadline: deadline)
        triples.removeAll(keepingCapacity: true)
        FinderTriple.add(detector.best, to: &triples)
        read.removeAll(keepingCapacity: true)
        unread.removeAll(keepingCapacity: true)
        var tried = 0
        while tried < Self.triplesMax, !deadline.isOver, let triple = takeBestTriple() {
            // What looks like a finder pattern within a code that was read is its modules.
            if triple.lies(in: read) { continue }
            tried += 1
            switch read(triple, picture, refined: refined, deadline: deadline, into: &sight) {
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

    private enum Outcome {
        /// A code, whole or a part of several, and where it lies.
        case read(ScannedCode.Corners)
        /// A code, and no text.
        case seen
        case nothing
    }

    private mutating func read(
        _ triple: FinderTriple, _ picture: PixelBuffer, refined: Bool, deadline: Deadline, into sight: inout Sight
    ) -> Outcome {
        let frame = FinderFrame(triple, in: picture)
        var likely = InlineArray<4, (version: Int, timing: Double)>(repeating: (0, 0))
        var count = 0
        for version in frame.versions {
            let timing = SymbolLocator(picture, frame, version: version).timingFit
            var place = count
            while place > 0, likely[place - 1].timing < timing {
                likely[place] = likely[place - 1]
                place -= 1
            }
            likely[place] = (version, timing)
            count += 1
        }
        var outcome = Outcome.nothing
        for index in 0..<min(count, refined ? 4 : 2) where !deadline.isOver {
            let version = likely[index].version
            let locator = SymbolLocator(picture, frame, version: version)
            guard let place = locator.locate(refined: refined, deadline: deadline), place.fit > Self.fitMin else {
                continue
            }
            if place.fit > Self.fitOfCode { outcome = .seen }
            for number in 0..<SymbolLocator.planeCount(refined: refined) where !deadline.isOver {
                guard let plane = locator.plane(number, at: place) else { continue }
                let corners = corners(plane, version: version)
                switch decode(picture, plane, version: version, deadline: deadline) {
                case .payload(let payload):
                    sight.codes.append(ScannedCode(payload: payload, corners: corners))
                    return .read(corners)
                case .part:
                    sight.hasParts = true
                    return .read(corners)
                case .failed: continue
                }
            }
        }
        return outcome
    }

    private mutating func decode(
        _ picture: PixelBuffer, _ plane: Homography, version: Int, deadline: Deadline
    ) -> SymbolDecoder.Answer {
        sampler.sample(picture, plane, size: SymbolLayout.size(version: version))
        for rule in SymbolSampler.rules where !deadline.isOver {
            sampler.apply(rule)
            let answer = decoder.decode(sampler.isDark, version: version)
            if answer != .failed { return answer }
        }
        return .failed
    }

    private func corners(_ plane: Homography, version: Int) -> ScannedCode.Corners {
        let side = Double(SymbolLayout.size(version: version))
        func corner(_ across: Double, _ down: Double) -> ScannedCode.Point {
            let place = plane.map(across, down)
            return ScannedCode.Point(x: ScannedCode.Point.pixel(place.x), y: ScannedCode.Point.pixel(place.y))
        }
        return ScannedCode.Corners(
            upperLeft: corner(0, 0), upperRight: corner(side, 0), lowerRight: corner(side, side),
            lowerLeft: corner(0, side))
    }
}

extension ScannedCode.Point {
    /// A corner may lie outside the picture, but not beyond what any picture measures.
    fileprivate static func pixel(_ value: Double) -> Int {
        value.isFinite ? Int(min(max(value, -100_000), 100_000)) : 0
    }
}
