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
    private var film: FilmScanner
    private var view: GateView
    private var worst: VerdictOutcome?

    /// - Parameters:
    ///   - gate: decides on the codes.
    ///   - scanner: reads the frames, each within its budget.
    ///   - receipts: keeps receipts of what was accepted.
    ///   - output: gets the verdicts.
    ///   - at: the time in place of the clock.
    init(gate: RunningGate, scanner: Scanner, receipts: ReceiptKeeper?, output: VerdictOutput, at: UInt64?) {
        (self.gate, self.output, self.at) = (gate, output, at)
        film = FilmScanner(scanner)
        view = GateView(gate: gate, receipts: receipts)
    }

    /// Runs until stdin ends.
    ///
    /// - Parameter size: the size of every frame.
    /// - Returns: the worst verdict; undecided when no code came into view, stdin broke off, the last frame is cut, or a
    ///   reader cannot be loaded.
    mutating func run(_ size: FrameSize) -> VerdictOutcome {
        var frames = FrameReader(size)
        do throws(CommandError) {
            try PictureReader.loadLibraries()
            while try frames.next() {
                decide(on: read(frames.frame, isLate: frames.isLate))
            }
            if frames.cutByteCount > 0 { throw Self.cutOff(frames.cutByteCount, of: size) }
        } catch {
            return output.undecided(error, at: gate.current)
        }
        if worst == nil { Diagnostics(command: "verify").report(Self.nothingSeen) }
        return worst ?? .undecided
    }

    private mutating func read(_ frame: GreyImage, isLate: Bool) -> FilmScanner.Frame {
        let view = view
        return film.read(frame, isLate: isLate, isAwaited: view.mustSearch)
    }

    private mutating func decide(on frame: FilmScanner.Frame) {
        let observation = ViewObservation(
            codes: frame.scan.codes.map(\.bytes), unread: frame.scan.unreadPersonCodes.map(CodePlace.init),
            isSearched: frame.isSearched)
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
