/// The looks at a picture in their order: the looks that read the most codes for their time come first.
enum ScanPlan {
    enum Look {
        /// The geometric pass; the threshold's window is this fraction of the long side, and noise may be smoothed
        /// first.
        case geometry(windowShare: Int, refined: Bool, smoothed: Bool = false)
        /// zbar, on the grey picture or, with a window in pixels, on the picture after the threshold.
        case zbar(window: Int?)
    }

    struct Step {
        let look: Look
        /// The pixels of the long side; nil means the picture's own size, up to `longSideMax`.
        var longSide: Int?
        var onlyDownwards = true
        /// What the picture's own size is divided by; in a smaller picture the gaps between modules blur away.
        var divisor = 1
        var isInverted = false

        /// Whether another library looks, which allocates its own memory.
        var isForeign: Bool {
            if case .zbar = look { true } else { false }
        }
    }

    /// The largest long side for looks without a size; larger pictures are scaled down to it.
    static let longSideMax = 1_600

    /// The looks that every picture gets, even without a budget: one of each reader.
    static let freeStepCount = 2

    /// The further looks at a picture in which one code was read and another was seen but not read.
    static let looksForFurtherCodes = 3

    /// The looks that a film's frames take in turn.
    static var filmTurns: Range<Int> { 1..<steps.count }

    /// The looks at a tile of a large picture.
    static let tileSteps = [
        Step(look: .geometry(windowShare: 12, refined: true, smoothed: true)),
        Step(look: .zbar(window: nil)),
    ]

    /// The first look: pictures of this size are searched for finder patterns just as the search of the whole is.
    static let (firstLongSide, firstWindowShare) = (1_000, 12)

    static let steps = [
        Step(look: .geometry(windowShare: firstWindowShare, refined: false), longSide: firstLongSide),
        Step(look: .zbar(window: 40), longSide: 640),
        Step(look: .geometry(windowShare: 12, refined: true, smoothed: true), divisor: 4),
        Step(look: .geometry(windowShare: 12, refined: true, smoothed: true), divisor: 8),
        Step(look: .geometry(windowShare: 12, refined: true, smoothed: true), divisor: 2),
        Step(look: .geometry(windowShare: 12, refined: true, smoothed: true), longSide: 1_000),
        Step(look: .zbar(window: nil)),
        Step(look: .geometry(windowShare: 12, refined: true)),
        Step(look: .zbar(window: 80), longSide: 640, onlyDownwards: false),
        Step(look: .geometry(windowShare: 24, refined: true), longSide: 800, onlyDownwards: false),
        Step(look: .zbar(window: 34), longSide: 800, onlyDownwards: false),
        Step(look: .geometry(windowShare: 6, refined: true), longSide: 480),
        Step(look: .zbar(window: 30), longSide: 480, onlyDownwards: false, isInverted: true),
        Step(look: .zbar(window: 31), longSide: 640, onlyDownwards: false),
        Step(look: .geometry(windowShare: 40, refined: true), longSide: 1_400, onlyDownwards: false),
    ]
}
