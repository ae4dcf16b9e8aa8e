/// Reads every QR code in a picture: the cheapest look first, others only while no code is read and time is left.
///
/// A scanner serves one thread and reuses its buffers for every picture.
package struct Scanner {
    private let budgetMicroseconds: UInt64
    /// Nil when there is no budget.
    private let microseconds: (@Sendable () -> UInt64)?
    private var picture = PixelBuffer()
    private var scaled = PixelBuffer()
    private var prepared = PixelBuffer()
    private var geometric = GeometricPass()
    private var threshold = LocalThreshold()
    private var smoother = Smoother()
    private var resizer = Resizer()
    private var search = PersonCodeSearch()
    private var reader = SymbolReader()
    /// The results of all looks at the picture, and of the latest look.
    private var sight = Sight()
    private var look = Sight()
    /// The remaining looks for codes beside one that was read.
    private var looksLeft = ScanPlan.looksForFurtherCodes
    /// The longest time that zbar has taken for a million pixels; a look by zbar cannot be stopped.
    private var zbarCost: UInt64 = 0
    /// The look that the film's next frame gets beside the first.
    private var turn = ScanPlan.filmTurns.lowerBound

    /// Makes a scanner without a time limit.
    package init() {
        (budgetMicroseconds, microseconds) = (.max, nil)
    }

    /// Makes a scanner that keeps to its budget.
    ///
    /// - Parameters:
    ///   - budgetMilliseconds: the time for one picture.
    ///   - microseconds: a clock that never goes back.
    package init(budgetMilliseconds: UInt64, microseconds: @escaping @Sendable () -> UInt64) {
        let (product, overflows) = budgetMilliseconds.multipliedReportingOverflow(by: 1_000)
        budgetMicroseconds = overflows ? .max : product
        self.microseconds = microseconds
    }

    /// Looks for codes.
    ///
    /// - Parameter image: any grey picture.
    /// - Returns: the codes' payloads and corners, or why no code was read.
    package mutating func scan(_ image: GreyImage) -> Scan {
        guard begin(image) else { return Self.tooSmall }
        defer { picture.unload() }
        let deadline = deadline
        for place in ScanPlan.steps.indices {
            // A busy machine must not refuse an easy picture, so the first looks do not depend on the budget.
            let isFree = place < ScanPlan.freeStepCount
            if !isFree && deadline.isOver { break }
            guard perform(ScanPlan.steps[place], deadline: isFree ? .none : deadline) else { continue }
            // The geometric pass can report the character set, which zbar does not.
            if look.codes.contains(where: \.payload.mayLackRuns), ScanPlan.steps[place].isForeign,
                let own = ScanPlan.steps[place...].first(where: { !$0.isForeign })
            {
                _ = perform(own, deadline: deadline)
            }
            break
        }
        return result(unread: lookForPersonCodes(freeCount: Self.freeReadCount))
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

    /// Looks in a film's frame for person codes beside the codes that were read, before a gate decides on these.
    ///
    /// - Parameters:
    ///   - frame: the frame of the latest scan.
    ///   - scan: what ``scanFrame(_:isLate:)`` read in it.
    /// - Returns: the codes of both looks, and the places of codes that neither could read.
    package mutating func scanFurther(_ frame: GreyImage, beside scan: Scan) -> Scan {
        guard begin(frame) else { return Self.tooSmall }
        defer { picture.unload() }
        var earlier = Sight()
        earlier.codes = scan.codes
        sight.add(earlier)
        // A film's next frame follows soon.
        return result(unread: lookForPersonCodes(freeCount: 0))
    }

    /// The codes that are read even without a budget: as many as a gate decides on together.
    private static let freeReadCount = 8

    /// Reads every code that may be a person's and was not read yet.
    ///
    /// - Returns: the places of those that cannot be read.
    private mutating func lookForPersonCodes(freeCount: Int) -> [ScannedCode.Corners] {
        let found = search.find(in: picture)
        var unread: [ScannedCode.Corners] = []
        var freeCount = freeCount
        let deadline = deadline
        read(found.dark, in: picture, deadline, &freeCount, &unread)
        if !found.light.isEmpty {
            scaled.loadInverted(picture)
            read(found.light, in: scaled, deadline, &freeCount, &unread)
        }
        return unread
    }

    private mutating func read(
        _ triples: [FinderTriple], in picture: PixelBuffer, _ deadline: Deadline, _ freeCount: inout Int,
        _ unread: inout [ScannedCode.Corners]
    ) {
        for triple in triples where !triple.isCentred(in: sight.places) && !triple.isCentred(in: unread) {
            look.clear()
            let isFree = freeCount > 0
            freeCount -= 1
            var outcome = reader.read(
                triple, picture, refined: false, deadline: isFree ? .none : deadline, into: &look)
            if outcome.corners == nil {
                outcome = reader.read(triple, picture, refined: true, deadline: deadline, into: &look)
            }
            if let corners = outcome.corners {
                sight.add(look)
                sight.places.append(corners)
            } else {
                unread.append(triple.corners)
            }
        }
        // A place that a false triple seemed to have may belong to a code that was read later.
        let places = sight.places
        unread.removeAll { place in places.contains { $0.contain(x: place.middle.x, y: place.middle.y) } }
        sight.seesCode = sight.seesCode || !unread.isEmpty
    }

    /// The deadline of a look: the last fifth of the budget is left for the row or decoding that is not interrupted.
    private var deadline: Deadline {
        guard let microseconds else { return .none }
        return Deadline(after: budgetMicroseconds - budgetMicroseconds / 5, by: microseconds)
    }

    /// Loads a picture; false for one that is too small for the smallest symbol.
    private mutating func begin(_ image: GreyImage) -> Bool {
        guard min(image.width, image.height) >= SymbolLayout.size(version: 1) else { return false }
        picture.load(image)
        sight.clear()
        looksLeft = ScanPlan.looksForFurtherCodes
        return true
    }

    private static let tooSmall = Scan(outcome: .noCode, codes: [])

    /// The result, with codes ordered from the upper left to the lower right.
    private mutating func result(unread: [ScannedCode.Corners] = []) -> Scan {
        // Sorted in place: a copy would allocate memory in every frame.
        if sight.codes.count > 1 { sight.codes.sort { $0.distanceFromUpperLeft < $1.distanceFromUpperLeft } }
        return Scan(outcome: sight.outcome, codes: sight.codes, unread: unread)
    }

    /// Takes one look; returns whether the picture needs no further looks.
    ///
    /// A code that is seen beside one that was read gets a few more looks.
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
            guard ZBarPass.isAvailable else {
                look.lacksLibrary = true
                return
            }
            if let window { threshold.apply(source, window: window, offset: 3, into: &prepared) }
            let seen = window == nil ? source : prepared
            let cost = zbarCost * UInt64(seen.width * seen.height) / 1_000_000
            guard deadline.remaining > cost + cost / 4 else {
                // One delayed look must not exclude all later looks by zbar.
                zbarCost -= zbarCost / 8
                return
            }
            let begin = microseconds?() ?? 0
            ZBarPass.read(seen, into: &look)
            let taken = (microseconds?() ?? 0) &- begin
            zbarCost = max(zbarCost - zbarCost / 8, taken * 1_000_000 / UInt64(seen.width * seen.height))
        }
        guard source.width != picture.width || source.height != picture.height else { return }
        // Corners are positions in the picture that the caller gave.
        let factor = Double(longSide) / Double(max(source.width, source.height))
        for index in look.codes.indices { look.codes[index].corners = look.codes[index].corners?.scaled(by: factor) }
    }
}
