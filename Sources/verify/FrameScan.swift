import CommandSupport
import QRImage
import Verification

/// A camera's film: every code that comes into view is decided on once, and again only after it has left.
struct FrameScan {
    let gate: Gate
    let output: VerdictOutput
    let at: UInt64?

    /// Runs until stdin ends.
    ///
    /// - Parameters:
    ///   - size: what every frame measures.
    ///   - scanner: reads the frames, each within its budget.
    /// - Returns: the worst verdict; undecided when no code came into view or the last frame is cut off.
    /// - Throws: ``CommandError`` when stdin breaks off.
    func run(_ size: FrameSize, _ scanner: Scanner) throws(CommandError) -> VerdictOutcome {
        var frames = FrameReader(size)
        var scanner = scanner
        var tracker = FrameTracker()
        var worst: VerdictOutcome?
        while try frames.next() {
            let seen = scanner.scanFrame(frames.frame).codes
            let new = tracker.newCodes(seen)
            if !new.isEmpty { worst = max(worst ?? .accept, decide(new, beside: seen.filter { !new.contains($0) })) }
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

    /// One verdict a code; codes that are in view together must be one holder's, as in a picture.
    private func decide(_ new: [ScannedCode], beside known: [ScannedCode]) -> VerdictOutcome {
        let now = at ?? Clock.seconds()
        let begin = Clock.microseconds()
        var assessments = gate.assess(new.map(\.bytes), at: now)
        if !known.isEmpty, assessments.allSatisfy({ $0.verdict.code == .ok }) {
            let all = gate.assess((new + known).map(\.bytes), at: now)
            assessments = Array(all.prefix(assessments.count))
        }
        var verdicts = assessments.map { gate.settle($0, at: now) }
        let elapsed = Clock.microseconds() - begin
        for index in verdicts.indices { verdicts[index].elapsedMicroseconds = elapsed }
        output.write(verdicts)
        return verdicts.map(\.outcome).max() ?? .undecided
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
