/// Takes the plan's looks at a picture; reuses its buffers for every picture.
struct LookRunner {
    private var scaled = PixelBuffer()
    private var prepared = PixelBuffer()
    private var geometric = GeometricPass()
    private var threshold = LocalThreshold()
    private var smoother = Smoother()
    private var resizer = Resizer()
    /// The longest time that zbar has taken for a million pixels; a look by zbar cannot be stopped.
    private var zbarCost: UInt64 = 0
    private let foreign: ForeignReader?
    private let microseconds: (@Sendable () -> UInt64)?

    /// - Parameters:
    ///   - foreign: the other library; nil where its looks are left out.
    ///   - microseconds: a clock that never goes back; nil when there is no budget.
    init(foreign: ForeignReader?, microseconds: (@Sendable () -> UInt64)?) {
        self.foreign = foreign
        self.microseconds = microseconds
    }

    /// Whether looks by the other library are taken.
    var hasForeignReader: Bool { foreign != nil }

    /// The finder patterns that the latest look by geometry found.
    var detector: FinderDetector { geometric.detector }

    /// Takes one look; corners are positions in this picture.
    mutating func take(
        _ step: ScanPlan.Step, at picture: PixelBuffer, deadline: Deadline, into look: inout Sight
    ) {
        let longSide = max(picture.width, picture.height)
        let target = step.longSide ?? min(longSide / step.divisor, ScanPlan.longSideMax)
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
            guard let foreign else { return }
            guard foreign.isAvailable() else {
                look.lacksLibrary = true
                return
            }
            if let window { threshold.apply(source, window: window, offset: 3, into: &prepared) }
            read(window == nil ? source : prepared, by: foreign, deadline: deadline, into: &look)
        }
        if isScaled { look.place(by: Double(longSide) / Double(target), x: 0, y: 0) }
    }

    private mutating func read(
        _ picture: PixelBuffer, by foreign: ForeignReader, deadline: Deadline, into look: inout Sight
    ) {
        let cost = zbarCost * UInt64(picture.width * picture.height) / 1_000_000
        guard deadline.remaining > cost + cost / 4 else {
            // One delayed look must not exclude all later looks by zbar.
            zbarCost -= zbarCost / 8
            return
        }
        let begin = microseconds?() ?? 0
        foreign.read(picture, &look)
        let taken = (microseconds?() ?? 0) &- begin
        zbarCost = max(zbarCost - zbarCost / 8, taken * 1_000_000 / UInt64(picture.width * picture.height))
    }
}
