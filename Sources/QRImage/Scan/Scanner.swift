/// Reads every QR code in a picture: the cheapest look first, others only while there is none and time is left.
///
/// One scanner serves one thread; it keeps its buffers from picture to picture.
package struct Scanner {
    private let budget: (microseconds: UInt64, clock: @Sendable () -> UInt64)?
    private var picture = PixelBuffer()
    private var scaled = PixelBuffer()
    private var prepared = PixelBuffer()
    private var geometric = GeometricPass()
    private var threshold = LocalThreshold()
    private var resizer = Resizer()
    /// The most that zbar has taken for a million pixels so far: it cannot be stopped once it looks.
    private var zbarCost: UInt64 = 0
    /// Which look a film's next frame gets besides the first.
    private var turn = ScanPlan.filmTurns.lowerBound

    /// Makes a scanner that takes the time it needs.
    package init() {
        budget = nil
    }

    /// Makes a scanner that keeps to its budget.
    ///
    /// - Parameters:
    ///   - budgetMilliseconds: for one picture.
    ///   - microseconds: a clock that never goes back.
    package init(budgetMilliseconds: UInt64, microseconds: @escaping @Sendable () -> UInt64) {
        let (product, isFar) = budgetMilliseconds.multipliedReportingOverflow(by: 1_000)
        budget = (isFar ? .max : product, microseconds)
    }

    /// Looks for codes.
    ///
    /// - Parameter image: any grey picture.
    /// - Returns: the codes' payloads and corners, or why there are none.
    package mutating func scan(_ image: GreyImage) -> Scan {
        let deadline = deadline
        return look(at: image) { scanner, sight in
            for (place, step) in ScanPlan.steps.enumerated() {
                // A busy box must not turn a clean picture away: the budget counts from the cheap looks on.
                let isFree = place < ScanPlan.freeStepCount
                if scanner.perform(step, deadline: isFree ? .none : deadline, into: &sight) { return }
                if deadline.isOver && place + 1 >= ScanPlan.freeStepCount { return }
            }
        }
    }

    /// Looks for codes in a film's next frame: the cheapest look at each, the others in turn, as time allows.
    ///
    /// - Parameter frame: any grey picture; the last one's memory is let go, so that a camera can write there again.
    /// - Returns: as ``scan(_:)``.
    package mutating func scanFrame(_ frame: GreyImage) -> Scan {
        let deadline = deadline
        return look(at: frame) { scanner, sight in
            if scanner.perform(ScanPlan.steps[0], deadline: .none, into: &sight) { return }
            for _ in ScanPlan.filmTurns {
                if deadline.isOver { return }
                // What has just read a code most likely reads the next frame's.
                if scanner.perform(ScanPlan.steps[scanner.turn], deadline: deadline, into: &sight) { return }
                scanner.turn = scanner.turn + 1 < ScanPlan.filmTurns.upperBound ? scanner.turn + 1 : 1
            }
        }
    }

    /// What cannot be stopped on the spot, a row or a decoding, ends within a twentieth of the budget.
    private var deadline: Deadline {
        budget.map { Deadline(after: $0.microseconds - $0.microseconds / 20, by: $0.clock) } ?? .none
    }

    private mutating func look(
        at image: GreyImage, _ plan: (inout Scanner, inout Sight) -> Void
    ) -> Scan {
        // Nothing smaller holds the smallest symbol.
        guard min(image.width, image.height) >= SymbolLayout.size(version: 1) else {
            return Scan(outcome: .noCode, codes: [])
        }
        picture.load(image)
        defer { picture.unload() }
        var sight = Sight()
        plan(&self, &sight)
        let found = sight.found
        if !found.codes.isEmpty { return Scan(outcome: .codes, codes: found.codes) }
        return Scan(outcome: found.hasParts ? .structuredAppend : found.seesCode ? .unreadable : .noCode, codes: [])
    }

    /// Takes one look, and says whether it settles the picture.
    ///
    /// A code that is seen beside one that was read is worth a few looks more.
    private mutating func perform(
        _ step: ScanPlan.Step, deadline: Deadline, into sight: inout Sight
    ) -> Bool {
        let found = perform(step, deadline: deadline)
        for code in found.codes where !sight.found.codes.contains(where: { $0.bytes == code.bytes }) {
            sight.found.codes.append(code)
        }
        sight.found.hasParts = sight.found.hasParts || found.hasParts
        guard !sight.found.codes.isEmpty else {
            sight.found.seesCode = sight.found.seesCode || found.seesCode
            return sight.found.hasParts
        }
        if sight.looksLeft == ScanPlan.looksForFurtherCodes, !found.seesCode { return true }
        sight.looksLeft -= 1
        return sight.looksLeft < 0
    }

    /// What the looks at one picture have given so far.
    private struct Sight {
        var found = GeometricPass.Found()
        var looksLeft = ScanPlan.looksForFurtherCodes
    }

    private mutating func perform(_ step: ScanPlan.Step, deadline: Deadline) -> GeometricPass.Found {
        let longSide = max(picture.width, picture.height)
        let target = step.longSide ?? min(longSide, ScanPlan.longSideMax)
        let isScaled = step.onlyDownwards ? target < longSide : target != longSide
        if isScaled { resizer.scale(picture, longSide: target, into: &scaled) }
        if step.isInverted {
            if isScaled { scaled.invert() } else { scaled.loadInverted(picture) }
        }
        let source = isScaled || step.isInverted ? scaled : picture
        switch step.look {
        case .geometry(let windowShare, let refined):
            return geometric.read(
                source, window: max(15, max(source.width, source.height) / windowShare), refined: refined,
                deadline: deadline
            ).scaledBack(by: Double(longSide) / Double(max(source.width, source.height)))
        case .zbar(let window):
            var seen = source
            if let window {
                threshold.apply(source, window: window, offset: 3, into: &prepared)
                seen = prepared
            }
            let cost = zbarCost * UInt64(seen.width * seen.height) / 1_000_000
            guard deadline.remaining > cost + cost / 4 else { return GeometricPass.Found() }
            let begin = budget?.clock() ?? 0
            let found = ZBarPass.read(seen.pixels, width: seen.width, height: seen.height)
            let taken = (budget?.clock() ?? 0) &- begin
            zbarCost = max(zbarCost - zbarCost / 8, taken * 1_000_000 / UInt64(seen.width * seen.height))
            return GeometricPass.Found(codes: found.codes, hasParts: found.hasParts, seesCode: false)
                .scaledBack(by: Double(longSide) / Double(max(seen.width, seen.height)))
        }
    }
}

extension GeometricPass.Found {
    /// Puts corners back into the picture that was given, when a scaled one was looked at.
    fileprivate func scaledBack(by factor: Double) -> GeometricPass.Found {
        guard factor != 1 else { return self }
        var result = self
        result.codes = codes.map { code in
            ScannedCode(
                payload: code.payload,
                corners: code.corners.map {
                    ScannedCode.Point(x: Int(Double($0.x) * factor), y: Int(Double($0.y) * factor))
                })
        }
        return result
    }
}
