/// Reads every QR code in a picture: the cheapest look first, others only while there is none and time is left.
///
/// One scanner serves one thread; it keeps its buffers from picture to picture.
package struct Scanner {
    private let isOverBudget: @Sendable (UInt64) -> Bool
    private let now: @Sendable () -> UInt64
    private var picture = PixelBuffer()
    private var scaled = PixelBuffer()
    private var prepared = PixelBuffer()
    private var geometric = GeometricPass()
    private var threshold = LocalThreshold()

    /// Makes a scanner that takes the time it needs.
    package init() {
        now = { 0 }
        isOverBudget = { _ in false }
    }

    /// Makes a scanner that starts no further look after its budget.
    ///
    /// - Parameters:
    ///   - budgetMilliseconds: for one picture.
    ///   - milliseconds: a clock that never goes back.
    package init(budgetMilliseconds: UInt64, milliseconds: @escaping @Sendable () -> UInt64) {
        now = milliseconds
        isOverBudget = { start in milliseconds() &- start >= budgetMilliseconds }
    }

    /// Looks for codes.
    ///
    /// - Parameter image: any grey picture.
    /// - Returns: the codes' payloads and corners, or why there are none.
    package mutating func scan(_ image: GreyImage) -> Scan {
        // Nothing smaller holds the smallest symbol.
        guard min(image.width, image.height) >= SymbolLayout.size(version: 1) else {
            return Scan(outcome: .noCode, codes: [])
        }
        let start = now()
        picture.load(image)
        var hasParts = false
        var seesCode = false
        for (place, step) in ScanPlan.steps.enumerated() {
            // A busy box must not turn a clean picture away: the budget counts from the cheap looks on.
            let isBudgeted = place >= ScanPlan.freeStepCount
            let found = perform(step, isTimeLeft: { [isOverBudget] in !isBudgeted || !isOverBudget(start) })
            hasParts = hasParts || found.hasParts
            seesCode = seesCode || found.seesCode
            if !found.codes.isEmpty { return Scan(outcome: .codes, codes: found.codes) }
            if hasParts || isOverBudget(start) && place + 1 >= ScanPlan.freeStepCount { break }
        }
        return Scan(outcome: hasParts ? .structuredAppend : seesCode ? .unreadable : .noCode, codes: [])
    }

    private mutating func perform(_ step: ScanPlan.Step, isTimeLeft: () -> Bool) -> GeometricPass.Found {
        let longSide = max(picture.width, picture.height)
        let target = step.longSide ?? min(longSide, ScanPlan.longSideMax)
        let isScaled = step.onlyDownwards ? target < longSide : target != longSide
        if isScaled { Resizer.scale(picture, longSide: target, into: &scaled) }
        if step.isInverted {
            if isScaled { scaled.invert() } else { scaled.loadInverted(picture) }
        }
        let source = isScaled || step.isInverted ? scaled : picture
        switch step.look {
        case .geometry(let windowShare, let refined):
            return geometric.read(
                source, window: max(15, max(source.width, source.height) / windowShare), refined: refined,
                isTimeLeft: isTimeLeft
            ).scaledBack(by: Double(longSide) / Double(max(source.width, source.height)))
        case .zbar(let window):
            var seen = source
            if let window {
                threshold.apply(source, window: window, offset: 3, into: &prepared)
                seen = prepared
            }
            let found = ZBarPass.read(seen.pixels, width: seen.width, height: seen.height)
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
                bytes: code.bytes,
                corners: code.corners.map {
                    ScannedCode.Point(x: Int(Double($0.x) * factor), y: Int(Double($0.y) * factor))
                })
        }
        return result
    }
}
