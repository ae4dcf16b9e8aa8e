import Glibc
import Synchronization

/// Writes codes into a gate as fast as it takes them, again from the first after the last.
final class Feed: Sendable {
    private let texts: [[UInt8]]
    private let batchLineCount: Int
    /// When each batch of lines was begun to be written.
    private let batchTimes = Mutex<[UInt64]>([])

    init(texts: [[UInt8]], batchLineCount: Int) {
        self.texts = texts
        self.batchLineCount = batchLineCount
    }

    /// How many lines were written.
    var lineCount: Int { batchTimes.withLock { $0.count } * batchLineCount }

    /// When a line was written, or a moment before.
    func time(ofLine line: Int) -> UInt64 {
        batchTimes.withLock { $0[line / batchLineCount] }
    }

    /// Feeds until it is over, and ends the gate's input.
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
