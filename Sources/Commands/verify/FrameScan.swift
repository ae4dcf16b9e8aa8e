import CommandSupport
import Gate
import Platform
import QRReading

/// Decides on the codes in a camera's film: once when a code comes into view, and again only after it has left.
struct FrameScan {
    private let gate: RunningGate
    private let output: VerdictOutput
    private let at: UInt64?
    private var tracker = FrameTracker()
    /// The verdicts on the codes in view; a code that leaves the view is removed.
    private var decided: [(code: [UInt8], verdict: Verdict)] = []
    private var worst: VerdictOutcome?

    /// Of this many late frames, one gets a long look.
    private static let lateFramesPerLongLook = 4

    init(gate: RunningGate, output: VerdictOutput, at: UInt64?) {
        self.gate = gate
        self.output = output
        self.at = at
    }

    /// Runs until stdin ends.
    ///
    /// A gate must neither lag behind its camera nor miss a code that only a long look reads: while frames wait, most
    /// get a short look.
    ///
    /// - Parameters:
    ///   - size: the size of every frame.
    ///   - scanner: reads the frames, each within its budget.
    /// - Returns: the worst verdict; undecided when no code came into view, stdin broke off, or the last frame is cut.
    mutating func run(_ size: FrameSize, _ scanner: Scanner) -> VerdictOutcome {
        var frames = FrameReader(size)
        var scanner = scanner
        var lateCount = 0
        do throws(CommandError) {
            while try frames.next() {
                lateCount = frames.isLate ? lateCount + 1 : 0
                let isShort = lateCount % Self.lateFramesPerLongLook > 0
                update(scanner.scanFrame(frames.frame, isLate: isShort).codes)
            }
            if frames.cutByteCount > 0 { throw Self.cutOff(frames.cutByteCount, of: size) }
        } catch {
            return output.undecided(error, at: gate.current)
        }
        if worst == nil { Diagnostics(command: "verify").report(Self.nothingSeen) }
        return worst ?? .undecided
    }

    private mutating func update(_ codes: [ScannedCode]) {
        let new = tracker.newCodes(codes).map(\.bytes)
        guard !new.isEmpty else { return }
        decided.removeAll { !tracker.isInView($0.code) }
        let known = decided.filter { code, _ in codes.contains { $0.bytes == code } && !new.contains(code) }
        decide(new, beside: known.map(\.verdict))
    }

    /// Decides on each new code.
    ///
    /// Codes in view together must belong to one holder, and none of them may be refused, as in a picture. Known codes
    /// are not checked again: a code that was fresh when shown does not become stale in view.
    private mutating func decide(_ new: [[UInt8]], beside known: [Verdict]) {
        let now = at ?? WallClock.seconds()
        let begin = MonotonicClock.microseconds()
        let generation = self.gate.current
        let gate = generation.gate
        // Settles the codes whatever the verdict is: the gate remembers each showing, and refuses it the next time.
        var verdicts = gate.settle(gate.assess(new, beside: known, at: now), at: now)
        let elapsed = MonotonicClock.microseconds() - begin
        let isNext = verdicts.count == 1 && isNextShowing(verdicts[0])
        for index in verdicts.indices {
            verdicts[index].elapsedMicroseconds = elapsed
            verdicts[index].noteUpdate(of: generation)
        }
        remember(verdicts, of: new, by: gate)
        if isNext { return }
        output.write(verdicts)
        worst = verdicts.map(\.outcome).max().map { max(worst ?? .accept, $0) } ?? worst
    }

    /// Remembers the verdicts; codes of unknown kinds, such as posters, neither identify a holder nor block one.
    private mutating func remember(_ verdicts: [Verdict], of new: [[UInt8]], by gate: Verifier) {
        let known = new.filter(gate.knows)
        if known.count == verdicts.count {
            decided += zip(known, verdicts).map { (code: $0, verdict: $1) }
        } else if let worst = verdicts.first {
            decided += known.map { (code: $0, verdict: worst) }
        }
    }

    /// Whether a code in view has only advanced to its next slot: the phone is the same, so the gate opens once.
    private func isNextShowing(_ verdict: Verdict) -> Bool {
        guard verdict.code == .ok, let holder = verdict.findings.pseudonym else { return false }
        return decided.contains { $0.verdict.code == .ok && $0.verdict.findings.pseudonym == holder }
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
