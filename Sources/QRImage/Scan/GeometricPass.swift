/// Reads codes by their own geometry: finder patterns, a plane through them, one grey value a module.
///
/// It stands tilt, tiny and dense codes better than zbar does, and knows where a code is that it cannot read.
struct GeometricPass {
    private var threshold = LocalThreshold()
    private var binary = PixelBuffer()
    private var detector = FinderDetector()

    /// The fixed patterns must fit at least so well before anything is decoded; noise stays below.
    private static let fitMin = 0.22
    /// Three patterns in place and timing between them: surely a code, whether read or not.
    private static let fitOfCode = 0.45
    private static let triplesMax = 12

    struct Found {
        var codes: [ScannedCode] = []
        var hasParts = false
        /// Whether something looks like a code that was not read.
        var seesCode = false
    }

    /// Looks for codes in a picture.
    ///
    /// - Parameters:
    ///   - picture: grey.
    ///   - window: the neighbourhood of the threshold, in pixels.
    ///   - refined: whether the plane is improved step by step, which takes longer.
    ///   - deadline: when to stop, whatever has been found.
    /// - Returns: what was found.
    mutating func read(
        _ picture: PixelBuffer, window: Int, refined: Bool, deadline: Deadline
    ) -> Found {
        threshold.apply(picture, window: window, offset: 4, into: &binary)
        let step = picture.height > 1_200 ? 3 : picture.height > 500 ? 2 : 1
        detector.find(in: binary, step: step, deadline: deadline)
        var found = Found()
        var used: [FinderPattern] = []
        var unread: [FinderTriple] = []
        var tried = 0
        for triple in FinderTriple.all(detector.patterns) {
            guard tried < Self.triplesMax, !deadline.isOver else { break }
            if triple.shares(used) { continue }
            tried += 1
            var seesCode = false
            if readTriple(triple, picture, refined: refined, deadline: deadline, into: &found, &seesCode) {
                used += triple.patterns
                tried = 0
            } else if seesCode {
                unread.append(triple)
            }
        }
        // The wrong way round, a code that was read may have looked like another.
        found.seesCode = unread.contains { !$0.shares(used) }
        return found
    }

    private func readTriple(
        _ triple: FinderTriple, _ picture: PixelBuffer, refined: Bool, deadline: Deadline, into found: inout Found,
        _ seesCode: inout Bool
    ) -> Bool {
        let frame = FinderFrame(triple, in: picture)
        let locators = frame.versions.map { version -> (version: Int, locator: SymbolLocator, timing: Double) in
            let locator = SymbolLocator(picture, frame, version: version)
            return (version, locator, locator.timingFit)
        }
        let likely = locators.sorted { $0.timing > $1.timing }.prefix(refined ? 5 : 2)
        for (version, locator, _) in likely {
            guard !deadline.isOver else { return false }
            guard let located = locator.locate(refined: refined, deadline: deadline), located.fit > Self.fitMin else {
                continue
            }
            if located.fit > Self.fitOfCode { seesCode = true }
            for plane in located.planes where !deadline.isOver {
                switch decode(picture, plane, version: version, deadline: deadline) {
                case .payload(let payload):
                    found.codes.append(ScannedCode(payload: payload, corners: corners(plane, version: version)))
                    return true
                case .part:
                    found.hasParts = true
                    return true
                case .failed: continue
                }
            }
        }
        return false
    }

    private func decode(
        _ picture: PixelBuffer, _ plane: Homography, version: Int, deadline: Deadline
    ) -> SymbolDecoder.Answer {
        let sampler = SymbolSampler(picture, plane, size: SymbolLayout.size(version: version))
        for rule in SymbolSampler.rules where !deadline.isOver {
            let answer = SymbolDecoder.decode(sampler.modules(by: rule), version: version)
            if answer != .failed { return answer }
        }
        return .failed
    }

    private func corners(_ plane: Homography, version: Int) -> [ScannedCode.Point] {
        let side = Double(SymbolLayout.size(version: version))
        return [(0, 0), (side, 0), (side, side), (0, side)].map { across, down in
            let place = plane.map(across, down)
            return ScannedCode.Point(x: ScannedCode.Point.pixel(place.x), y: ScannedCode.Point.pixel(place.y))
        }
    }
}

extension ScannedCode.Point {
    /// A corner may lie outside the picture, but not beyond what any picture measures.
    fileprivate static func pixel(_ value: Double) -> Int {
        value.isFinite ? Int(min(max(value, -100_000), 100_000)) : 0
    }
}
