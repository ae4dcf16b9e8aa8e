import Dispatch
import Verification

/// Settles and prints what a stream's lines came to, in order, while the next lines are already being checked.
///
/// Sendable although it changes: `worst` is touched on the queue only.
final class StreamAnswers: @unchecked Sendable {  // see above
    /// What one line came to, and how long that took.
    struct Scan: Sendable {
        let assessments: [Assessment]
        let microseconds: UInt64
    }

    /// So many batches may wait: enough to keep every core busy, and no more memory than a few reads take.
    private static let waitingBatchCountMax = 2

    private let gate: Gate
    private let output: VerdictOutput
    private let queue = DispatchQueue(label: "answers")
    private let room = DispatchSemaphore(value: waitingBatchCountMax)
    private var worst = VerdictOutcome.accept

    init(gate: Gate, output: VerdictOutput) {
        self.gate = gate
        self.output = output
    }

    /// Takes the next lines; waits while too many do.
    func add(_ scans: [Scan], at now: UInt64) {
        room.wait()
        queue.async { [self] in
            settle(scans, at: now)
            room.signal()
        }
    }

    /// Waits for the last answer; returns the worst verdict.
    func finish() -> VerdictOutcome {
        queue.sync { worst }
    }

    private func settle(_ scans: [Scan], at now: UInt64) {
        let verdicts = scans.map { scan in
            let begin = Clock.microseconds()
            var verdict = Verdict.fused(scan.assessments.map { gate.settle($0, at: now) })
            verdict.elapsedMicroseconds = scan.microseconds + (Clock.microseconds() - begin)
            worst = max(worst, verdict.outcome)
            return verdict
        }
        output.write(verdicts)
    }
}
