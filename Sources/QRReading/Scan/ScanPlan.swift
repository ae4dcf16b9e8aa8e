/// The looks at a picture, in order: what reads most for its time comes first.
enum ScanPlan {
    enum Look {
        /// Our own geometry; the threshold's window is this share of the long side. Noise can be smoothed away before.
        case geometry(windowShare: Int, refined: Bool, smoothed: Bool = false)
        /// zbar, on grey or, with a window in pixels, on dark and light.
        case zbar(window: Int?)
    }

    struct Step {
        let look: Look
        /// Pixels of the long side; nil looks at the picture as it is, up to `longSideMax`.
        var longSide: Int?
        var onlyDownwards = true
        var isInverted = false

        /// Whether another library looks, with memory of its own.
        var isForeign: Bool {
            if case .zbar = look { true } else { false }
        }
    }

    /// Larger pictures are scaled down to this for looks that name no size.
    static let longSideMax = 1_600

    /// The looks that every picture gets, whatever the budget: one of each reader.
    static let freeStepCount = 2

    /// How many more looks a picture gets where one has read a code and seen another that it could not read.
    static let looksForFurtherCodes = 3

    /// The looks that a film's frames share among them.
    static var filmTurns: Range<Int> { 1..<steps.count }

    static let steps = [
        Step(look: .geometry(windowShare: 12, refined: false), longSide: 1_000),
        Step(look: .zbar(window: 40), longSide: 640),
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
