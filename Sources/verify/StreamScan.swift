import CommandSupport
import Dispatch
import Glibc
import Verification

/// A scanner's lines: each is checked on whichever core is free, then settled and answered in order.
struct StreamScan {
    /// The most bytes of one line: the largest QR code in hex, and some.
    static let lineByteCountMax = 8192
    private static let readByteCount = 64 << 10

    let gate: Gate
    let output: VerdictOutput
    let at: UInt64?

    /// Runs until stdin ends.
    ///
    /// - Returns: the worst verdict; undecided when no line came, or when stdin broke off.
    func run() -> VerdictOutcome {
        let lines = LineQueue()
        let answers = StreamAnswers(gate: gate, output: output, lines: lines)
        let workers = DispatchGroup()
        let workerCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        for _ in 0..<workerCount {
            DispatchQueue.global(qos: .userInteractive).async(group: workers) {
                while let line = lines.next() { answers.add(assess(line), of: line) }
            }
        }
        let failure = readLines(into: lines)
        lines.end(readerCount: workerCount)
        workers.wait()
        if let failure { return output.undecided(failure, scene: gate.scene.name) }
        if answers.worst == nil { Diagnostics(command: "verify").report(Self.nothingRead) }
        return answers.worst ?? .undecided
    }

    /// Reads every line; returns what broke stdin off, whose last line nobody has sent whole.
    private func readLines(into lines: LineQueue) -> CommandError? {
        var buffer = [UInt8](repeating: 0, count: Self.readByteCount)
        var pending: [UInt8] = []
        var isOverlong = false
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return Self.brokenOff(errno) }
            if count == 0 { break }
            let now = at ?? Clock.seconds()
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") {
                    lines.add(isOverlong ? nil : pending, at: now)
                    pending.removeAll(keepingCapacity: true)
                    isOverlong = false
                } else if pending.count < Self.lineByteCountMax {
                    pending.append(byte)
                } else {
                    isOverlong = true
                }
            }
        }
        if !pending.isEmpty || isOverlong { lines.add(isOverlong ? nil : pending, at: at ?? Clock.seconds()) }
        return nil
    }

    private static func brokenOff(_ cause: Int32) -> CommandError {
        CommandError(
            code: VerdictCode.inputUnreadable.rawValue,
            reason: "the stream broke off: \(unsafe String(cString: strerror(cause)))",
            hint: "start the scanner again, and let it write into this command's stdin")
    }

    private static let nothingRead = CommandError(
        code: VerdictCode.noCode.rawValue, reason: "no line was read",
        hint: "let the scanner write each code's text as a line into this command's stdin")

    private func assess(_ line: LineQueue.Line) -> StreamAnswers.Scan {
        let begin = Clock.microseconds()
        let assessments: [Assessment]
        if var text = line.text {
            if text.last == UInt8(ascii: "\r") { text.removeLast() }
            assessments = gate.assess(ScannedText.payloads(text), at: line.readAt)
        } else {
            let reason = "a line of more than \(Self.lineByteCountMax) bytes"
            assessments = [Assessment(verdict: Verdict(.malformed, scene: gate.scene.name, reason: reason))]
        }
        return StreamAnswers.Scan(
            assessments: assessments, microseconds: Clock.microseconds() - begin, readAt: line.readAt)
    }
}
