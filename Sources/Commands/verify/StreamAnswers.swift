import Gate
import GateRunning
import Platform
import Synchronization

/// Settles and prints the results of a stream's lines in the lines' order, whichever was assessed first.
final class StreamAnswers: Sendable {
    /// The assessment of one line, and its duration.
    struct AssessedLine: Sendable {
        let assessed: AssessedScan
        /// Nil where the gate keeps no receipts.
        let receipts: ReceiptKeeper.Prepared?
        /// The generation that assessed the line, and that settles it.
        let generation: RunningGate.Generation
        /// The line's number, from 1.
        let number: Int
        /// Nil for a line that is too long to keep.
        let digest: [UInt8]?
        let microseconds: UInt64
        let readAt: UInt64
    }

    private struct State {
        /// The lines assessed and not yet taken for an answer, at their number modulo `lineCountMax`.
        var done = [AssessedLine?](repeating: nil, count: StreamLines.lineCountMax)
        var answeredCount = 0
        var isAnswering = false
        var worst: VerdictOutcome?
    }

    private let output: VerdictOutput
    private let lines: StreamLines
    private let receipts: ReceiptKeeper?
    private let state = Mutex(State())

    init(output: VerdictOutput, lines: StreamLines, receipts: ReceiptKeeper?) {
        self.output = output
        self.lines = lines
        self.receipts = receipts
    }

    /// The worst verdict so far; nil before the first.
    var worst: VerdictOutcome? { state.withLock { $0.worst } }

    /// Adds an assessed line, and answers every line whose turn has come; only one caller at a time answers.
    func add(_ assessedLine: AssessedLine, of line: StreamLines.Line) {
        state.withLock { $0.done[line.number % StreamLines.lineCountMax] = assessedLine }
        while let assessedLines = takeNextToAnswer() { settle(assessedLines) }
    }

    /// Takes the lines to answer now; nil when there are none, or when another caller is answering and will take them.
    private func takeNextToAnswer() -> [AssessedLine]? {
        state.withLock { state in
            guard !state.isAnswering else { return nil }
            var assessedLines: [AssessedLine] = []
            while true {
                let place = (state.answeredCount + assessedLines.count) % StreamLines.lineCountMax
                guard let assessedLine = state.done[place] else { break }
                state.done[place] = nil
                assessedLines.append(assessedLine)
            }
            state.isAnswering = !assessedLines.isEmpty
            return assessedLines.isEmpty ? nil : assessedLines
        }
    }

    /// Keeps the receipts of all accepted lines in one durable write.
    private func keepReceipts(of assessedLines: [AssessedLine], _ verdicts: inout [Verdict]) {
        guard let receipts else { return }
        let accepted = verdicts.indices.filter { verdicts[$0].outcome == .accept }
        let prepared = accepted.compactMap { assessedLines[$0].receipts }
        for (place, isKept) in zip(accepted, receipts.keep(prepared)) where !isKept {
            verdicts[place].findings.warnings.append(ReceiptKeeper.failedWarning)
        }
    }

    private func settle(_ assessedLines: [AssessedLine]) {
        var worst = VerdictOutcome.accept
        var verdicts = assessedLines.map { line in
            let begin = MonotonicClock.microseconds()
            var verdict = Verdict.fused(line.generation.gate.settle(line.assessed, at: line.readAt))
            verdict.noteUpdate(of: line.generation)
            (verdict.line, verdict.digest) = (line.number, line.digest)
            verdict.elapsedMicroseconds = line.microseconds + (MonotonicClock.microseconds() - begin)
            worst = max(worst, verdict.outcome)
            return verdict
        }
        keepReceipts(of: assessedLines, &verdicts)
        output.write(verdicts)
        state.withLock { state in
            state.answeredCount += assessedLines.count
            state.isAnswering = false
            state.worst = max(state.worst ?? .accept, worst)
        }
        lines.answered(assessedLines.count)
    }
}
