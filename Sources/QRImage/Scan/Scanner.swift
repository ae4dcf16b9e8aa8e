/// Reads every QR code in a picture: the cheapest look first, others only while there is none and time is left.
///
/// One scanner serves one thread; it keeps its buffers from picture to picture.
package struct Scanner {
    private let budgetMicroseconds: UInt64
    /// Nil when there is no budget to keep to.
    private let microseconds: (@Sendable () -> UInt64)?
    private var picture = PixelBuffer()
    private var scaled = PixelBuffer()
    private var prepared = PixelBuffer()
    private var geometric = GeometricPass()
    private var threshold = LocalThreshold()
    private var smoother = Smoother()
    private var resizer = Resizer()
    /// What the picture's looks have given so far, and what the latest gave.
    private var sight = Sight()
    private var look = Sight()
    /// How many looks are left for codes beside one that was read.
    private var looksLeft = ScanPlan.looksForFurtherCodes
    /// The most that zbar has taken for a million pixels so far: it cannot be stopped once it looks.
    private var zbarCost: UInt64 = 0
    /// Which look a film's next frame gets besides the first.
    private var turn = ScanPlan.filmTurns.lowerBound

    /// Makes a scanner that takes the time it needs.
    package init() {
        (budgetMicroseconds, microseconds) = (.max, nil)
    }

    /// Makes a scanner that keeps to its budget.
    ///
    /// - Parameters:
    ///   - budgetMilliseconds: for one picture.
    ///   - microseconds: a clock that never goes back.
    package init(budgetMilliseconds: UInt64, microseconds: @escaping @Sendable () -> UInt64) {
        let (product, isFar) = budgetMilliseconds.multipliedReportingOverflow(by: 1_000)
        budgetMicroseconds = isFar ? .max : product
        self.microseconds = microseconds
    }

    /// Looks for codes.
    ///
    /// - Parameter image: any grey picture.
    /// - Returns: the codes' payloads and corners, or why there are none.
    package mutating func scan(_ image: GreyImage) -> Scan {
        guard begin(image) else { return Self.tooSmall }
        defer { picture.unload() }
        let deadline = deadline
        for place in ScanPlan.steps.indices {
            // A busy box must not turn a clean picture away: the budget counts from the cheap looks on.
            let isFree = place < ScanPlan.freeStepCount
            if !isFree && deadline.isOver { break }
            guard perform(ScanPlan.steps[place], deadline: isFree ? .none : deadline) else { continue }
            // A look of our own may tell what zbar leaves out.
            if look.codes.contains(where: \.payload.mayLackRuns), ScanPlan.steps[place].isForeign,
                let own = ScanPlan.steps[place...].first(where: { !$0.isForeign })
            {
                _ = perform(own, deadline: deadline)
            }
            break
        }
        return result()
    }

    /// Looks for codes in a film's next frame: the cheapest look at each, the others in turn, as time allows.
    ///
    /// - Parameters:
    ///   - frame: any grey picture; its memory is let go, so that a camera can write there again.
    ///   - isLate: whether the next frame waits already, so that the cheapest look must do.
    /// - Returns: as ``scan(_:)``.
    package mutating func scanFrame(_ frame: GreyImage, isLate: Bool = false) -> Scan {
        guard begin(frame) else { return Self.tooSmall }
        defer { picture.unload() }
        let deadline = deadline
        if perform(ScanPlan.steps[0], deadline: .none) || isLate { return result() }
        for _ in ScanPlan.filmTurns where !deadline.isOver {
            let step = ScanPlan.steps[turn]
            // zbar takes memory at every look, and cannot be stopped: it is asked about codes that are seen, not
            // whether there are any.
            if !step.isForeign || sight.seesCode, perform(step, deadline: deadline) { break }
            // What has just read a code most likely reads the next frame's.
            turn = turn + 1 < ScanPlan.filmTurns.upperBound ? turn + 1 : ScanPlan.filmTurns.lowerBound
        }
        return result()
    }

    /// What cannot be stopped on the spot, a row or a decoding, ends within a fifth of the budget on a busy machine.
    private var deadline: Deadline {
        guard let microseconds else { return .none }
        return Deadline(after: budgetMicroseconds - budgetMicroseconds / 5, by: microseconds)
    }

    /// Takes up a picture; false for one in which the smallest symbol has no room.
    private mutating func begin(_ image: GreyImage) -> Bool {
        guard min(image.width, image.height) >= SymbolLayout.size(version: 1) else { return false }
        picture.load(image)
        sight.clear()
        looksLeft = ScanPlan.looksForFurtherCodes
        return true
    }

    private static let tooSmall = Scan(outcome: .noCode, codes: [])

    /// Codes come from the upper left to the lower right, whichever look met them first.
    private mutating func result() -> Scan {
        // Where they are: a copy would take memory for every frame.
        if sight.codes.count > 1 { sight.codes.sort { $0.distanceFromUpperLeft < $1.distanceFromUpperLeft } }
        let outcome: Scan.Outcome =
            !sight.codes.isEmpty ? .codes : sight.hasParts ? .structuredAppend : sight.seesCode ? .unreadable : .noCode
        return Scan(outcome: outcome, codes: sight.codes)
    }

    /// Takes one look, and says whether it settles the picture.
    ///
    /// A code that is seen beside one that was read is worth a few looks more.
    private mutating func perform(_ step: ScanPlan.Step, deadline: Deadline) -> Bool {
        look.clear()
        take(step, deadline: deadline)
        sight.add(look)
        guard !sight.codes.isEmpty else { return sight.hasParts }
        if looksLeft == ScanPlan.looksForFurtherCodes, !look.seesCode { return true }
        looksLeft -= 1
        return looksLeft < 0
    }

    private mutating func take(_ step: ScanPlan.Step, deadline: Deadline) {
        let longSide = max(picture.width, picture.height)
        let target = step.longSide ?? min(longSide, ScanPlan.longSideMax)
        let isScaled = step.onlyDownwards ? target < longSide : target != longSide
        if isScaled { resizer.scale(picture, longSide: target, into: &scaled) }
        if step.isInverted {
            if isScaled { scaled.invert() } else { scaled.loadInverted(picture) }
        }
        let source = isScaled || step.isInverted ? scaled : picture
        switch step.look {
        case .geometry(let windowShare, let refined, let isSmoothed):
            let window = max(15, max(source.width, source.height) / windowShare)
            if isSmoothed { smoother.apply(source, into: &prepared) }
            geometric.read(
                isSmoothed ? prepared : source, window: window, offset: isSmoothed ? 1 : 4, refined: refined,
                deadline: deadline, into: &look)
        case .zbar(let window):
            if let window { threshold.apply(source, window: window, offset: 3, into: &prepared) }
            let seen = window == nil ? source : prepared
            let cost = zbarCost * UInt64(seen.width * seen.height) / 1_000_000
            guard deadline.remaining > cost + cost / 4 else {
                // One look that was held up must not be the last.
                zbarCost -= zbarCost / 8
                return
            }
            let begin = microseconds?() ?? 0
            ZBarPass.read(seen, into: &look)
            let taken = (microseconds?() ?? 0) &- begin
            zbarCost = max(zbarCost - zbarCost / 8, taken * 1_000_000 / UInt64(seen.width * seen.height))
        }
        guard source.width != picture.width || source.height != picture.height else { return }
        // Corners lie in the picture that was given.
        let factor = Double(longSide) / Double(max(source.width, source.height))
        for index in look.codes.indices { look.codes[index].corners = look.codes[index].corners?.scaled(by: factor) }
    }
}
