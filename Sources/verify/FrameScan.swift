import CommandSupport
import QRImage
import Verification

/// A camera's film: every code that comes into view is decided on once, and again only after it has left.
struct FrameScan {
    private let gate: Gate
    private let output: VerdictOutput
    private let at: UInt64?
    private var tracker = FrameTracker()
    /// Who was accepted by which code; those whose code has left are forgotten.
    private var accepted: [(holder: [UInt8], code: [UInt8])] = []
    private var worst: VerdictOutcome?

    /// Of frames that come faster than they are read, so many share one whose looks take their time.
    private static let lateFramesAtOnce = 4

    init(gate: Gate, output: VerdictOutput, at: UInt64?) {
        self.gate = gate
        self.output = output
        self.at = at
    }

    /// Runs until stdin ends.
    ///
    /// A gate must not lag behind its camera, nor miss what only a long look reads: while frames wait, most get a short
    /// one.
    ///
    /// - Parameters:
    ///   - size: what every frame measures.
    ///   - scanner: reads the frames, each within its budget.
    /// - Returns: the worst verdict; undecided when no code came into view or the last frame is cut off.
    /// - Throws: ``CommandError`` when stdin breaks off.
    mutating func run(_ size: FrameSize, _ scanner: Scanner) throws(CommandError) -> VerdictOutcome {
        var frames = FrameReader(size)
        var scanner = scanner
        var lateCount = 0
        while try frames.next() {
            lateCount = frames.isLate ? lateCount + 1 : 0
            let isShort = lateCount % Self.lateFramesAtOnce > 0
            see(scanner.scanFrame(frames.frame, isLate: isShort).codes)
        }
        if frames.cutByteCount > 0 {
            let cut = Self.cutOff(frames.cutByteCount, of: size)
            output.write(Verdict(.inputUnreadable, scene: gate.scene.name, reason: cut.reason))
            Diagnostics(command: "verify").report(cut)
            return max(worst ?? .undecided, .undecided)
        }
        if worst == nil { Diagnostics(command: "verify").report(Self.nothingSeen) }
        return worst ?? .undecided
    }

    private mutating func see(_ codes: [ScannedCode]) {
        let new = tracker.newCodes(codes)
        guard !new.isEmpty else { return }
        accepted.removeAll { !tracker.isInView($0.code) }
        decide(new, beside: codes.filter { !new.contains($0) })
    }

    /// One verdict a code; codes that are in view together must be one holder's, as in a picture.
    private mutating func decide(_ new: [ScannedCode], beside known: [ScannedCode]) {
        let now = at ?? Clock.seconds()
        let begin = Clock.microseconds()
        var assessments = gate.assess(new.map(\.bytes), at: now)
        if !known.isEmpty, assessments.allSatisfy({ $0.verdict.code == .ok }) {
            let all = gate.assess((new + known).map(\.bytes), at: now)
            assessments = Array(all.prefix(assessments.count))
        }
        // Settled in any case: the gate remembers each showing, and refuses it to whoever comes next.
        var verdicts = assessments.map { gate.settle($0, at: now) }
        let elapsed = Clock.microseconds() - begin
        let isNext = verdicts.count == 1 && isNextShowing(verdicts[0])
        for index in verdicts.indices {
            verdicts[index].elapsedMicroseconds = elapsed
            guard verdicts[index].code == .ok, let holder = verdicts[index].pseudonym else { continue }
            for code in new where gate.knows(code.bytes) { accepted.append((holder, code.bytes)) }
        }
        if isNext { return }
        output.write(verdicts)
        worst = verdicts.map(\.outcome).max().map { max(worst ?? .accept, $0) } ?? worst
    }

    /// A phone whose code goes on to the next slot while it is in view has not come again: the gate opens once.
    private func isNextShowing(_ verdict: Verdict) -> Bool {
        verdict.code == .ok && accepted.contains { $0.holder == verdict.pseudonym }
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
