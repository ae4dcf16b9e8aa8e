import CommandSupport
import Gate
import GateRunning
import Platform
import QRReading

/// Reads a camera's film, and prints the verdicts on the codes that come into view.
struct FrameScan {
    private let gate: RunningGate
    private let output: VerdictOutput
    private let at: UInt64?
    private var view: GateView
    private var frameCount = 0
    private var worst: VerdictOutcome?

    /// Of this many frames, one is searched for codes in the background, so that these are known before a code comes.
    private static let framesPerSearch = 4
    /// Of this many late frames, one gets a long look.
    private static let lateFramesPerLongLook = 4

    init(gate: RunningGate, receipts: ReceiptKeeper?, output: VerdictOutput, at: UInt64?) {
        (self.gate, self.output, self.at) = (gate, output, at)
        view = GateView(gate: gate, receipts: receipts)
    }

    /// Runs until stdin ends.
    ///
    /// A gate must neither lag behind its camera nor miss a code that only a long look reads: while frames wait, most
    /// get a short look.
    ///
    /// - Parameters:
    ///   - size: the size of every frame.
    ///   - scanner: reads the frames, each within its budget.
    /// - Returns: the worst verdict; undecided when no code came into view, stdin broke off, the last frame is cut, or a
    ///   reader cannot be loaded.
    mutating func run(_ size: FrameSize, _ scanner: Scanner) -> VerdictOutcome {
        var frames = FrameReader(size)
        var scanner = scanner
        var lateCount = 0
        do throws(CommandError) {
            try PictureReader.loadLibraries()
            while try frames.next() {
                lateCount = frames.isLate ? lateCount + 1 : 0
                let isShort = lateCount % Self.lateFramesPerLongLook > 0
                let scan = scanner.scanFrame(frames.frame, isLate: isShort)
                let isSearched = isSearched(scan.codes.map(\.bytes))
                decide(on: isSearched ? scanner.scanFurther(frames.frame) : scan, isSearched: isSearched)
            }
            if frames.cutByteCount > 0 { throw Self.cutOff(frames.cutByteCount, of: size) }
        } catch {
            return output.undecided(error, at: gate.current)
        }
        if worst == nil { Diagnostics(command: "verify").report(Self.nothingSeen) }
        return worst ?? .undecided
    }

    /// Whether the next frame is searched for person codes: when codes are to be decided on, and every now and then.
    private mutating func isSearched(_ codes: [[UInt8]]) -> Bool {
        frameCount += 1
        return view.mustSearch(codes) || frameCount % Self.framesPerSearch == 0
    }

    private mutating func decide(on scan: Scan, isSearched: Bool) {
        let observation = ViewObservation(
            codes: scan.codes.map(\.bytes), unread: scan.unreadPersonCodes.map(CodePlace.init),
            isSearched: isSearched)
        let verdicts = view.decide(
            on: observation, at: at ?? WallClock.seconds(), microseconds: MonotonicClock.microseconds())
        guard let outcome = verdicts.map(\.outcome).max() else { return }
        output.write(verdicts)
        worst = max(worst ?? .accept, outcome)
    }

    private static func cutOff(_ byteCount: Int, of size: FrameSize) -> CommandError {
        CommandError(
            code: "input_unreadable",
            reason: "the last frame stops after \(byteCount) of \(size.byteCount) bytes",
            hint: "check that the camera's frames are \(size), 8 bits of grey a pixel")
    }

    private static let nothingSeen = CommandError(
        code: "no_code", reason: "no code came into view",
        hint: "hold the code so that it fills a third of the picture, with its white border")
}

extension CodePlace {
    fileprivate init(_ corners: ScannedCode.Corners) {
        func point(_ point: ScannedCode.Point) -> Point { Point(x: Double(point.x), y: Double(point.y)) }
        self.init(
            upperLeft: point(corners.upperLeft), upperRight: point(corners.upperRight),
            lowerRight: point(corners.lowerRight), lowerLeft: point(corners.lowerLeft))
    }
}
