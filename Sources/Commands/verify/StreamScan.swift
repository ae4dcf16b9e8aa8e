import CommandSupport
import Gate
import GateRunning
import Glibc
import Platform

/// Decides on a scanner's lines: any free core checks a line; the lines are then settled and answered in order.
struct StreamScan {
    let gate: RunningGate
    let receipts: ReceiptKeeper?
    let output: VerdictOutput
    let at: UInt64?
    /// The byte that ends a line.
    let terminator: UInt8

    /// Runs until stdin ends.
    ///
    /// - Returns: the worst verdict; undecided when no line came, or when stdin broke off.
    func run() -> VerdictOutcome {
        let lines = StreamLines(at: at, terminator: terminator)
        let answers = StreamAnswers(output: output, lines: lines, receipts: receipts)
        Crew.run {
            let watch = lines.watch()
            while let line = lines.next(watch) { answers.add(assess(line), of: line) }
        }
        if let cause = lines.failure { return output.undecided(Self.brokenOff(cause), at: gate.current) }
        if answers.worst == nil { Diagnostics(command: "verify").report(Self.nothingRead) }
        return answers.worst ?? .undecided
    }

    private static func brokenOff(_ cause: Int32) -> CommandError {
        CommandError(
            code: RefusalCode.inputUnreadable.rawValue,
            reason: "reading the stream failed: \(unsafe String(cString: strerror(cause)))",
            hint: "start the scanner again, and let it write into this command's stdin")
    }

    private static let nothingRead = CommandError(
        code: RefusalCode.noCode.rawValue, reason: "no line was read",
        hint: "let the scanner write each code's text as a line into this command's stdin")

    private func assess(_ line: StreamLines.Line) -> StreamAnswers.AssessedLine {
        let begin = MonotonicClock.microseconds()
        let generation = gate.current
        let gate = generation.gate
        let assessed: AssessedScan
        var digest: [UInt8]?
        if let text = line.text {
            let scanned = ScannedText(text)
            assessed = gate.assess(scanned, at: line.readAt)
            digest = scanned.text.digest
        } else {
            let reason = "a line of more than \(ScannedText.byteCountMax) bytes"
            assessed = AssessedScan(refused: Refusal(.malformed, reason), scene: gate.scene.name)
        }
        return StreamAnswers.AssessedLine(
            assessed: assessed, receipts: receipts?.prepare(assessed, of: gate, at: line.readAt),
            generation: generation, number: line.number + 1, digest: digest,
            microseconds: MonotonicClock.microseconds() - begin, readAt: line.readAt)
    }
}
