import QRStandard

/// Reads every QR code in a picture: the cheapest look first, others only while no code is read and time is left.
///
/// A scanner serves one thread and reuses its buffers for every picture.
package struct Scanner {
    /// Nil when there is no time limit.
    private let limit: Limit?
    private var picture = PixelBuffer()
    private var pyramid = Pyramid()
    /// A tile of a large picture.
    private var part = PixelBuffer()
    private var runner: LookRunner
    private var whole = WholeReader()
    /// The results of all looks at the picture, and of the latest look.
    private var sight = Sight()
    private var look = Sight()
    /// The remaining looks for codes beside one that was read.
    private var looksLeft = ScanPlan.looksForFurtherCodes
    /// The look that the film's next frame gets beside the first.
    private var turn = ScanPlan.filmTurns.lowerBound

    /// The time for one picture.
    package struct Limit: Sendable {
        let budgetMicroseconds: UInt64
        let microseconds: @Sendable () -> UInt64

        /// - Parameters:
        ///   - budgetMilliseconds: the time for one picture.
        ///   - microseconds: a clock that never goes back.
        package init(budgetMilliseconds: UInt64, microseconds: @escaping @Sendable () -> UInt64) {
            let (product, overflows) = budgetMilliseconds.multipliedReportingOverflow(by: 1_000)
            budgetMicroseconds = overflows ? .max : product
            self.microseconds = microseconds
        }

        /// The deadline of a look: the last fifth of the budget is left for the row or decoding that is not interrupted.
        var deadline: Deadline { Deadline(after: budgetMicroseconds - budgetMicroseconds / 5, by: microseconds) }
    }

    /// Makes a scanner.
    ///
    /// - Parameters:
    ///   - limit: the time for one picture; nil for none: then one picture always gives the same answer.
    ///   - foreign: the reader that takes some of the looks; nil leaves these looks out.
    package init(limit: Limit?, foreign: ForeignReader?) {
        self.limit = limit
        runner = LookRunner(foreign: foreign, microseconds: limit?.microseconds)
    }

    /// Looks for codes; if grey shows none, in the views of the picture's colours too.
    ///
    /// - Parameters:
    ///   - grey: the picture's grey.
    ///   - views: makes the views, which are not needed for most pictures.
    /// - Returns: as ``scan(_:)``.
    package mutating func scan(_ grey: GreyImage, views: () -> ColourViews) -> Scan {
        let deadline = deadline
        var result = scan(grey, deadline)
        if result.codes.isEmpty, result.outcome != .structuredAppend, !deadline.isOver {
            var views = views()
            while !deadline.isOver, let view = views.next() {
                let other = scan(view, deadline)
                if other.outcome != .noCode, other.outcome != .libraryMissing { result = other }
                if other.outcome == .codes { break }
            }
        }
        return result
    }

    /// Looks for codes.
    ///
    /// - Parameter image: any grey picture.
    /// - Returns: the codes' payloads and corners, the codes that could not be read, or why no code was read.
    package mutating func scan(_ image: GreyImage) -> Scan { scan(image, deadline) }

    private mutating func scan(_ image: GreyImage, _ deadline: Deadline) -> Scan {
        guard begin(image) else { return Self.tooSmall }
        defer { picture.unload() }
        pyramid.build(picture, downTo: ScanPlan.longSideMax)
        let isDone = takeSteps(0..<1, deadline)
        let isNoisy = pyramid.count > 0 && NoiseGauge.isNoisy(picture)
        let isWhole = max(picture.width, picture.height) <= ScanPlan.firstLongSide
        readWhole(
            known: isWhole ? runner.detector : nil, isSmoothed: isNoisy, freeCount: Self.freeReadCount, deadline)
        if !isDone, sight.needsLooks, !takeSteps(1..<ScanPlan.freeStepCount, deadline) {
            if pyramid.count > 0 {
                if !isNoisy, !deadline.isOver { readWhole(isSmoothed: true, freeCount: 0, deadline) }
                if sight.needsLooks { takeTiles(deadline) }
            } else {
                _ = takeSteps(ScanPlan.freeStepCount..<ScanPlan.steps.count, deadline)
            }
        }
        return result()
    }

    /// Looks for codes in a film's next frame: the cheapest look at each, the others in turn, as time allows.
    ///
    /// - Parameters:
    ///   - frame: any grey picture; the scanner releases its memory, so that a camera can reuse it.
    ///   - isLate: whether the next frame is already waiting; then only the cheapest look is taken.
    /// - Returns: as ``scan(_:)``.
    package mutating func scanFrame(_ frame: GreyImage, isLate: Bool = false) -> Scan {
        guard begin(frame) else { return Self.tooSmall }
        defer { picture.unload() }
        let deadline = deadline
        if perform(ScanPlan.steps[0], deadline: .none) || isLate { return result() }
        for _ in ScanPlan.filmTurns where !deadline.isOver {
            let step = ScanPlan.steps[turn]
            // Every look by zbar allocates memory and cannot be stopped, so it is used only when a code is seen.
            if !step.isForeign || sight.seesCode, perform(step, deadline: deadline) { break }
            // The look that has just read a code will probably read it in the next frame too.
            turn = turn + 1 < ScanPlan.filmTurns.upperBound ? turn + 1 : ScanPlan.filmTurns.lowerBound
        }
        return result()
    }

    /// Looks further in the frame of the latest scan, for the codes beside those that it read, before a gate decides.
    ///
    /// - Parameter frame: the frame that ``scanFrame(_:isLate:)`` took last.
    /// - Returns: the codes of both looks, and the codes that neither could read.
    package mutating func scanFurther(_ frame: GreyImage) -> Scan {
        guard load(frame) else { return Self.tooSmall }
        defer { picture.unload() }
        pyramid.build(picture, downTo: ScanPlan.longSideMax)
        // A film's next frame follows soon.
        readWhole(freeCount: 0, deadline)
        return result()
    }

    /// The codes that are read even without a budget: as many as a gate decides on together.
    private static let freeReadCount = 8

    /// Begins with a picture; false for one that is too small for the smallest symbol.
    private mutating func begin(_ image: GreyImage) -> Bool {
        guard load(image) else { return false }
        sight.clear()
        looksLeft = ScanPlan.looksForFurtherCodes
        return true
    }

    private mutating func load(_ image: GreyImage) -> Bool {
        guard min(image.width, image.height) >= SymbolLayout.size(version: 1) else { return false }
        picture.load(image)
        pyramid.clear()
        return true
    }

    private static let tooSmall = Scan(outcome: .noCode, codes: [])

    private var deadline: Deadline { limit?.deadline ?? .none }

    /// Takes looks at the whole picture until one reads a code; returns whether no further look is needed.
    private mutating func takeSteps(_ places: Range<Int>, _ deadline: Deadline) -> Bool {
        for place in places {
            // A busy machine must not refuse an easy picture, so the first looks do not depend on the budget.
            let isFree = place < ScanPlan.freeStepCount
            if !isFree && deadline.isOver { return true }
            guard perform(ScanPlan.steps[place], deadline: isFree ? .none : deadline) else { continue }
            // The geometric pass can report the character set, which zbar does not.
            if look.codes.contains(where: { $0.payload.mayLackRuns }), ScanPlan.steps[place].isForeign,
                let own = ScanPlan.steps[place...].first(where: { !$0.isForeign })
            {
                _ = perform(own, deadline: deadline)
            }
            return true
        }
        return false
    }

    /// Takes one look; returns whether the picture needs no further looks.
    ///
    /// A code that is seen beside one that was read gets a few more looks.
    private mutating func perform(_ step: ScanPlan.Step, deadline: Deadline) -> Bool {
        if step.isForeign, !runner.hasForeignReader { return false }
        // A code that is seen has no gaps in its finder patterns.
        if step.divisor > 1, sight.seesCode || sight.hasParts || !sight.codes.isEmpty { return false }
        look.clear()
        // The smallest picture that is larger than every look.
        let level = pyramid.count - 2
        runner.take(step, at: level < 0 ? picture : pyramid[level], deadline: deadline, into: &look)
        look.place(by: Double(1 << max(0, level + 1)), x: 0, y: 0)
        sight.add(look)
        guard !sight.codes.isEmpty || sight.hasParts else { return false }
        if looksLeft == ScanPlan.looksForFurtherCodes, !look.seesCode, !sight.lacksParts { return true }
        looksLeft -= 1
        return looksLeft < 0
    }

    /// Reads every code in the picture; in a large picture also at half its size, a quarter and so on, where codes that
    /// are blurred in full size are sharp.
    private mutating func readWhole(
        known: FinderDetector? = nil, isSmoothed: Bool = false, freeCount: Int, _ deadline: Deadline
    ) {
        var freeCount = freeCount
        for level in (0..<pyramid.count).reversed() {
            whole.read(
                pyramid[level], isSmoothed: isSmoothed, factor: Double(2 << level), freeCount: &freeCount,
                deadline: deadline, into: &sight)
        }
        whole.read(
            picture, known: known, isSmoothed: isSmoothed, factor: 1, freeCount: &freeCount, deadline: deadline,
            into: &sight)
    }

    /// Looks at a large picture in full size, tile by tile and the most promising tile first, and in between at the
    /// whole picture.
    private mutating func takeTiles(_ deadline: Deadline) {
        let patterns = whole.detector.dark.patterns + whole.detector.light.patterns
        let tiles = Tile.cut(picture, side: ScanPlan.longSideMax, by: patterns)
        let steps = Array(ScanPlan.steps.indices.dropFirst(ScanPlan.freeStepCount))
        for turn in 0..<max(tiles.count, steps.count) {
            if turn < tiles.count {
                part.load(tiles[turn], of: picture)
                for step in ScanPlan.tileSteps where !deadline.isOver {
                    look.clear()
                    runner.take(step, at: part, deadline: deadline, into: &look)
                    look.place(by: 1, x: tiles[turn].x, y: tiles[turn].y)
                    sight.add(look)
                    if !look.codes.isEmpty || look.hasParts { break }
                }
            }
            if turn < steps.count, sight.needsLooks, takeSteps(steps[turn]..<(steps[turn] + 1), deadline) { return }
            if deadline.isOver { return }
        }
    }

    /// The result, with codes ordered from the upper left to the lower right.
    private mutating func result() -> Scan {
        sight.settleUnread()
        // Codes in order are not touched: the latest result may share them, and a copy takes memory.
        let places = zip(sight.codes, sight.codes.dropFirst())
        if places.contains(where: { $0.distanceFromUpperLeft > $1.distanceFromUpperLeft }) {
            sight.codes.sort { $0.distanceFromUpperLeft < $1.distanceFromUpperLeft }
        }
        return Scan(
            outcome: sight.outcome, codes: sight.codes, unread: sight.unread, hasUnknownMode: sight.hasUnknownMode,
            parts: sight.parts)
    }
}
