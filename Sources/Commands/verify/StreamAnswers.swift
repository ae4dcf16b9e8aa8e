import Gate
import Platform
import Synchronization

/// Settles and prints what a stream's lines came to, in their order, whoever was done first.
final class StreamAnswers: Sendable {
    /// What one line came to, and how long that took.
    struct Scan: Sendable {
        let assessed: AssessedScan
        /// What it was assessed by, and is settled by.
        let generation: RunningGate.Generation
        let microseconds: UInt64
        let readAt: UInt64
    }

    private struct State {
        /// By number; those from `answeredCount` on that are done.
        var done = [Scan?](repeating: nil, count: StreamLines.lineCountMax)
        var answeredCount = 0
        var isAnswering = false
        var worst: VerdictOutcome?
    }

    private let output: VerdictOutput
    private let lines: StreamLines
    private let state = Mutex(State())

    init(output: VerdictOutput, lines: StreamLines) {
        self.output = output
        self.lines = lines
    }

    /// The worst verdict so far; nil before the first.
    var worst: VerdictOutcome? { state.withLock { $0.worst } }

    /// Takes what a line came to, and answers every line whose turn it is; one caller at a time does.
    func add(_ scan: Scan, of line: StreamLines.Line) {
        state.withLock { $0.done[line.number % StreamLines.lineCountMax] = scan }
        while let scans = takeTurn() { settle(scans) }
    }

    /// The lines to answer now; nil when there are none, or when another caller is at it and will see them.
    private func takeTurn() -> [Scan]? {
        state.withLock { state in
            guard !state.isAnswering else { return nil }
            var scans: [Scan] = []
            while true {
                let place = (state.answeredCount + scans.count) % StreamLines.lineCountMax
                guard let scan = state.done[place] else { break }
                state.done[place] = nil
                scans.append(scan)
            }
            state.isAnswering = !scans.isEmpty
            return scans.isEmpty ? nil : scans
        }
    }

    private func settle(_ scans: [Scan]) {
        var worst = VerdictOutcome.accept
        let verdicts = scans.map { scan in
            let begin = MonotonicClock.microseconds()
            var verdict = Verdict.fused(scan.generation.gate.settle(scan.assessed, at: scan.readAt))
            verdict.noteUpdate(of: scan.generation)
            verdict.elapsedMicroseconds = scan.microseconds + (MonotonicClock.microseconds() - begin)
            worst = max(worst, verdict.outcome)
            return verdict
        }
        output.write(verdicts)
        state.withLock { state in
            state.answeredCount += scans.count
            state.isAnswering = false
            state.worst = max(state.worst ?? .accept, worst)
        }
        lines.answered(scans.count)
    }
}
