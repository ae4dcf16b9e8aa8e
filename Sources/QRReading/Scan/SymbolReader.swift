import QRStandard

/// Reads the symbol between three finder patterns; reuses its buffers for every symbol.
struct SymbolReader {
    private var sampler = SymbolSampler()
    private var decoder = SymbolDecoder()
    private var grid = SymbolGrid()
    private var surface = SymbolSurface()
    /// The possible versions of the current symbol, the most likely first.
    private var likely = InlineArray<4, Candidate>(repeating: Candidate())
    private var likelyCount = 0
    /// Whether the latest modules were read as a mirror image.
    private var isMirrored = false

    /// The lowest fit of the fixed patterns for decoding; noise has a lower one.
    private static let fitMin = 0.22
    /// The fit from which on there certainly is a code, read or not: three finder patterns with timing between them.
    private static let fitOfCode = 0.45
    /// The lowest fit of true finder patterns; chance matches have a lower one.
    private static let likenessMin = 0.15
    /// The lowest clarity of finder patterns that are fitted by shape; true ones exceed it even when blurred.
    private static let clarityMin = 0.45
    /// The clarity that only true finder patterns reach.
    private static let clarityOfCode = 0.6
    /// The fraction of right fixed modules from which on damage is corrected and mirror images are tried.
    private static let agreementOfCode = 0.8

    enum Outcome {
        /// A code or a part of a structured append, with its corners.
        case read(ScannedCode.Corners)
        /// A code whose text could not be read.
        case seen
        case nothing

        /// The corners of a symbol that was read.
        var corners: ScannedCode.Corners? {
            if case .read(let corners) = self { corners } else { nil }
        }
    }

    /// A possible version of a symbol.
    private struct Candidate {
        var version = 0
        var isConfirmed = false
        var rank = 0.0
    }

    /// Reads a symbol as its two most likely versions, or three when refined; then as a bent symbol.
    mutating func read(
        _ triple: FinderTriple, _ picture: PixelBuffer, refined: Bool, deadline: Deadline, into sight: inout Sight
    ) -> Outcome {
        decoder.hasUnknownMode = false
        defer { sight.hasUnknownMode = sight.hasUnknownMode || decoder.hasUnknownMode }
        let frame = FinderFrame(triple, in: picture)
        rank(frame, picture)
        var outcome = Outcome.nothing
        for index in 0..<min(likelyCount, refined ? 3 : 2) where !deadline.isOver {
            let version = likely[index].version
            let locator = SymbolLocator(picture, frame, version: version)
            // A bent symbol fits no plane, but its version information can be read.
            guard let place = locator.locate(refined: refined, deadline: deadline),
                place.fit > Self.fitMin || likely[index].isConfirmed
            else { continue }
            if place.fit > Self.fitOfCode { outcome = .seen }
            let answer = decode(picture, locator, place, version: version, refined: refined, deadline: deadline)
            if let read = take(answer, place.plane, version: version, into: &sight) { return read }
        }
        guard !deadline.isOver else { return outcome }
        let clarityMin = refined ? Self.clarityMin : Self.clarityOfCode
        return readBent(frame, picture, clarityMin: clarityMin, deadline: deadline, into: &sight) ?? outcome
    }

    /// Orders the possible versions of a symbol by likelihood.
    private mutating func rank(_ frame: FinderFrame, _ picture: PixelBuffer) {
        likelyCount = 0
        for version in frame.versions {
            let locator = SymbolLocator(picture, frame, version: version)
            guard locator.likeness > Self.likenessMin else { continue }
            let isConfirmed = locator.isConfirmed
            let rank = locator.versionFit + (isConfirmed ? 1 : 0)
            var place = likelyCount
            while place > 0, likely[place - 1].rank < rank {
                likely[place] = likely[place - 1]
                place -= 1
            }
            likely[place] = Candidate(version: version, isConfirmed: isConfirmed, rank: rank)
            likelyCount += 1
        }
    }

    /// Reads a symbol that is not flat, from its finder patterns outwards.
    private mutating func readBent(
        _ frame: FinderFrame, _ picture: PixelBuffer, clarityMin: Double, deadline: Deadline, into sight: inout Sight
    ) -> Outcome? {
        guard let corners = SymbolCorners(frame, in: picture, clarityMin: clarityMin) else { return nil }
        let said = corners.version(in: picture, spanModules: frame.spanModules)
        for index in 0..<(said == nil ? min(likelyCount, 2) : 1) where !deadline.isOver {
            let version = said ?? likely[index].version
            guard surface.follow(picture, corners, size: SymbolLayout.size(version: version), deadline: deadline)
            else { return nil }
            let answer = decode(picture, surface, version: version, deadline: deadline)
            if let read = take(answer, surface, version: version, into: &sight) { return read }
        }
        return nil
    }

    private func take(
        _ answer: SymbolDecoder.Answer, _ map: some ModuleMap, version: Int, into sight: inout Sight
    ) -> Outcome? {
        let corners = corners(map, version: version)
        switch answer {
        case .payload(let payload): sight.codes.append(ScannedCode(payload: payload, corners: corners))
        case .part(let part): sight.parts.append(SplitText.Part(symbol: part, corners: corners))
        case .failed: return nil
        }
        return .read(corners)
    }

    /// Decodes by the plane, then by the bent surface, then by neighbouring planes.
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

    /// Decodes whole modules, then modules as dots.
    private mutating func decode(
        _ picture: PixelBuffer, _ map: some ModuleMap, version: Int, deadline: Deadline
    ) -> SymbolDecoder.Answer {
        sampler.sample(picture, map, size: SymbolLayout.size(version: version))
        let answer = decode(version: version, deadline: deadline)
        guard answer == .failed, !deadline.isOver,
            SymbolSampler.agreementOfDots(picture, map, SymbolLayout.of(version: version)) > Self.agreementOfCode
        else { return answer }
        sampler.sampleDots(picture, map, size: SymbolLayout.size(version: version))
        return decode(version: version, deadline: deadline)
    }

    /// Decodes the sampled modules by each rule in turn; a certain code also without its damaged modules and as a
    /// mirror image.
    private mutating func decode(version: Int, deadline: Deadline) -> SymbolDecoder.Answer {
        isMirrored = false
        for rule in SymbolSampler.rules where !deadline.isOver {
            sampler.apply(rule)
            let answer = decoder.decode(sampler.isDark, version: version)
            if answer != .failed { return answer }
        }
        guard sampler.agreement(SymbolLayout.of(version: version)) > Self.agreementOfCode else { return .failed }
        for rule in SymbolSampler.rules.prefix(2) where !deadline.isOver {
            sampler.apply(rule)
            sampler.weigh()
            let answer = decoder.decode(sampler.isDark, version: version, moduleCertainties: sampler.certainties)
            if answer != .failed { return answer }
        }
        isMirrored = true
        sampler.transpose()
        sampler.apply(SymbolSampler.rules[0])
        return decoder.decode(sampler.isDark, version: version)
    }

    private func corners(_ map: some ModuleMap, version: Int) -> ScannedCode.Corners {
        let side = Double(SymbolLayout.size(version: version))
        func corner(_ across: Double, _ down: Double) -> ScannedCode.Point {
            let place = isMirrored ? map.map(down, across) : map.map(across, down)
            return ScannedCode.Point(x: ScannedCode.Point.pixel(place.x), y: ScannedCode.Point.pixel(place.y))
        }
        return ScannedCode.Corners(
            upperLeft: corner(0, 0), upperRight: corner(side, 0), lowerRight: corner(side, side),
            lowerLeft: corner(0, side))
    }
}

extension ScannedCode.Point {
    /// Rounds a coordinate; a corner may be outside the picture, but within the largest picture size.
    fileprivate static func pixel(_ value: Double) -> Int {
        value.isFinite ? Int(min(max(value, -100_000), 100_000)) : 0
    }
}
