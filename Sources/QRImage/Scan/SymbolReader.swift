/// Reads the symbol between three finder patterns; it keeps its buffers from symbol to symbol.
struct SymbolReader {
    private var sampler = SymbolSampler()
    private var decoder = SymbolDecoder()
    private var grid = SymbolGrid()

    /// The fixed patterns must fit at least so well before anything is decoded; noise stays below.
    private static let fitMin = 0.22
    /// Three patterns in place and timing between them: surely a code, whether read or not.
    private static let fitOfCode = 0.45
    /// Below this, finder patterns are chance.
    private static let likenessMin = 0.15

    enum Outcome {
        /// A code, whole or a part of several, and where it lies.
        case read(ScannedCode.Corners)
        /// A code, and no text.
        case seen
        case nothing
    }

    /// A version that a symbol may be of.
    private struct Candidate {
        var version = 0
        var isConfirmed = false
        var rank = 0.0
    }

    /// Reads a symbol as one of the two versions, or when refined the three, that are most likely.
    mutating func read(
        _ triple: FinderTriple, _ picture: PixelBuffer, refined: Bool, deadline: Deadline, into sight: inout Sight
    ) -> Outcome {
        let frame = FinderFrame(triple, in: picture)
        var likely = InlineArray<4, Candidate>(repeating: Candidate())
        var count = 0
        for version in frame.versions {
            let locator = SymbolLocator(picture, frame, version: version)
            guard locator.likeness > Self.likenessMin else { continue }
            let isConfirmed = locator.isConfirmed
            let rank = locator.versionFit + (isConfirmed ? 1 : 0)
            var place = count
            while place > 0, likely[place - 1].rank < rank {
                likely[place] = likely[place - 1]
                place -= 1
            }
            likely[place] = Candidate(version: version, isConfirmed: isConfirmed, rank: rank)
            count += 1
        }
        var outcome = Outcome.nothing
        for index in 0..<min(count, refined ? 3 : 2) where !deadline.isOver {
            let version = likely[index].version
            let locator = SymbolLocator(picture, frame, version: version)
            // A bent symbol fits no plane, and says what it is all the same.
            guard let place = locator.locate(refined: refined, deadline: deadline),
                place.fit > Self.fitMin || likely[index].isConfirmed
            else { continue }
            if place.fit > Self.fitOfCode { outcome = .seen }
            let corners = corners(place.plane, version: version)
            switch decode(picture, locator, place, version: version, refined: refined, deadline: deadline) {
            case .payload(let payload):
                sight.codes.append(ScannedCode(payload: payload, corners: corners))
                return .read(corners)
            case .part:
                sight.hasParts = true
                return .read(corners)
            case .failed: continue
            }
        }
        return outcome
    }

    /// Samples the plane, then the surface as it is bent, then planes close by.
    private mutating func decode(
        _ picture: PixelBuffer, _ locator: SymbolLocator, _ place: SymbolLocator.Place, version: Int, refined: Bool,
        deadline: Deadline
    ) -> SymbolDecoder.Answer {
        var answer = decode(picture, place.plane, version: version, deadline: deadline)
        if answer == .failed, !deadline.isOver, locator.follow(place, into: &grid) {
            answer = decode(picture, grid, version: version, deadline: deadline)
        }
        guard answer == .failed, refined else { return answer }
        var best = place
        locator.improve(&best, deadline: deadline)
        answer = decode(picture, best.plane, version: version, deadline: deadline)
        for index in 0..<SymbolLocator.nearCount where answer == .failed && !deadline.isOver {
            guard let plane = locator.plane(near: best, index) else { continue }
            answer = decode(picture, plane, version: version, deadline: deadline)
        }
        return answer
    }

    private mutating func decode(
        _ picture: PixelBuffer, _ map: some ModuleMap, version: Int, deadline: Deadline
    ) -> SymbolDecoder.Answer {
        sampler.sample(picture, map, size: SymbolLayout.size(version: version))
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
