import CommandSupport
import Dispatch
import Glibc
import Verification

/// A scanner's lines: whatever has arrived is checked on every core, then settled and answered in order.
struct StreamScan {
    /// The most bytes of one line: the largest QR code in hex, and some.
    static let lineByteCountMax = 8192
    private static let readByteCount = 64 << 10

    let gate: Gate
    let output: VerdictOutput
    let at: UInt64?

    /// Runs until stdin ends; returns the worst verdict.
    func run() -> VerdictOutcome {
        let answers = StreamAnswers(gate: gate, output: output)
        var buffer = [UInt8](repeating: 0, count: Self.readByteCount)
        var pending: [UInt8] = []
        var isOverlong = false
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            var lines: [[UInt8]?] = []
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") {
                    lines.append(isOverlong ? nil : pending)
                    pending.removeAll(keepingCapacity: true)
                    isOverlong = false
                } else if pending.count < Self.lineByteCountMax {
                    pending.append(byte)
                } else {
                    isOverlong = true
                }
            }
            answer(lines, answers)
        }
        if !pending.isEmpty || isOverlong { answer([isOverlong ? nil : pending], answers) }
        return answers.finish()
    }

    private func answer(_ lines: [[UInt8]?], _ answers: StreamAnswers) {
        guard !lines.isEmpty else { return }
        let now = at ?? Clock.seconds()
        answers.add(assessed(lines, at: now), at: now)
    }

    private func assessed(_ lines: [[UInt8]?], at now: UInt64) -> [StreamAnswers.Scan] {
        guard lines.count > 1 else { return lines.map { assess($0, at: now) } }
        var results = [StreamAnswers.Scan?](repeating: nil, count: lines.count)
        unsafe results.withUnsafeMutableBufferPointer { buffer in
            // Safe: every iteration writes its own element, and the buffer outlives them all.
            nonisolated(unsafe) let target = unsafe buffer
            DispatchQueue.concurrentPerform(iterations: lines.count) { index in
                unsafe target[index] = assess(lines[index], at: now)
            }
        }
        return results.compactMap { $0 }
    }

    private func assess(_ line: [UInt8]?, at now: UInt64) -> StreamAnswers.Scan {
        let begin = Clock.microseconds()
        guard var line else {
            let reason = "a line of more than \(Self.lineByteCountMax) bytes"
            return StreamAnswers.Scan(
                assessments: [Assessment(verdict: Verdict(.malformed, scene: gate.scene.name, reason: reason))],
                microseconds: 0)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let assessments = gate.assess(ScannedText.payloads(line), at: now)
        return StreamAnswers.Scan(assessments: assessments, microseconds: Clock.microseconds() - begin)
    }
}
