import Glibc
import Synchronization

/// Writes codes into a gate as fast as it takes them; begins again with the first after the last.
final class Feed: Sendable {
    private let texts: [[UInt8]]
    private let batchLineCount: Int
    /// The time at which writing of each batch began.
    private let batchTimes = Mutex<[UInt64]>([])

    init(texts: [[UInt8]], batchLineCount: Int) {
        self.texts = texts
        self.batchLineCount = batchLineCount
    }

    /// The number of lines written.
    var lineCount: Int { batchTimes.withLock { $0.count } * batchLineCount }

    /// The time at which a line's batch began: no later than the line was written.
    func time(ofLine line: Int) -> UInt64 {
        batchTimes.withLock { $0[line / batchLineCount] }
    }

    /// Feeds the gate until `isOver` returns true, and ends the gate's input.
    func run(into gate: GateProcess, until isOver: () -> Bool) {
        var line = 0
        while !isOver() {
            var batch: [UInt8] = []
            for number in line..<(line + batchLineCount) { batch += texts[number % texts.count] }
            batchTimes.withLock { $0.append(Self.nanoseconds()) }
            gate.write(batch)
            line += batchLineCount
        }
        gate.endInput()
    }

    static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
