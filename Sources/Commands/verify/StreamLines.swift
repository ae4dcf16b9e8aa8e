import CLinux
import Gate
import Glibc
import Platform
import Synchronization

/// The lines of a stream: a free thread reads the next line itself, so that no line is handed from one thread to
/// another before its check.
final class StreamLines: Sendable {
    struct Line: Sendable {
        /// The line's 0-based place in the stream.
        let number: Int
        /// The line's text; nil when the line is too long to keep.
        let text: [UInt8]?
        /// When it was read, in seconds since 1970-01-01T00:00:00Z.
        let readAt: UInt64
    }

    /// Lines read and not yet answered: enough to keep every core busy while one line waits for an online answer.
    static let lineCountMax = 256

    private let at: UInt64?
    /// The byte that ends a line.
    private let terminator: UInt8
    private let state = Mutex(State())
    private let room = Semaphore(lineCountMax)
    /// Wakes every waiting thread: the kernel reports a terminal's end to only one of them.
    private let end = eventfd(0, Int32(EFD_CLOEXEC))

    /// - Parameters:
    ///   - at: the time to use in place of the clock.
    ///   - terminator: the byte that ends a line.
    init(at: UInt64?, terminator: UInt8) {
        (self.at, self.terminator) = (at, terminator)
    }

    deinit {
        close(end)
    }

    /// Makes one thread's watch on stdin.
    func watch() -> InputWatch { InputWatch(until: end) }

    /// Waits for the next line.
    ///
    /// - Parameter watch: the calling thread's own watch.
    /// - Returns: the line, or nil at the end.
    func next(_ watch: borrowing InputWatch) -> Line? {
        room.wait()
        while true {
            switch state.withLock({ $0.next(terminator, at) }) {
            case .line(let line): return line
            case .awaited(let milliseconds): watch.wait(milliseconds: milliseconds)
            case .ended:
                eventfd_write(end, 1)
                room.signal()
                return nil
            }
        }
    }

    /// The error number of a failed read of stdin; nil if none failed.
    var failure: Int32? { state.withLock { $0.failure } }

    /// Makes room for as many new lines as were answered.
    func answered(_ count: Int) {
        for _ in 0..<count { room.signal() }
    }

    private enum Next {
        case line(Line)
        /// Nothing can be read now; without input, look again after this time, or never if it is -1.
        case awaited(milliseconds: Int32)
        case ended
    }

    /// The bytes read from stdin that are not part of a returned line yet.
    private struct State: ~Copyable {
        private static let readByteCount = 64 << 10

        private var buffer = [UInt8](repeating: 0, count: readByteCount)
        private var unread = 0..<0
        private var readAt: UInt64 = 0
        private var hasEnded = false
        private(set) var failure: Int32?
        private var line: [UInt8] = []
        private var isOverlong = false
        private var lineCount = 0
        private var processors = WakefulProcessors()

        /// The next line of the available input; never waits, because other threads need this state.
        mutating func next(_ terminator: UInt8, _ at: UInt64?) -> Next {
            while true {
                if let end = buffer[unread].firstIndex(of: terminator) {
                    keep(buffer[unread.lowerBound..<end])
                    unread = end + 1..<unread.upperBound
                    return .line(finish())
                }
                keep(buffer[unread])
                unread = 0..<0
                if !hasEnded {
                    guard InputWatch.isReadable else { return .awaited(milliseconds: processors.noteIdle()) }
                    fill(at)
                    continue
                }
                // After a failed read the last line is incomplete.
                return failure != nil || line.isEmpty && !isOverlong ? .ended : .line(finish())
            }
        }

        private mutating func fill(_ at: UInt64?) {
            var count = -1
            repeat {
                count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            } while count < 0 && errno == EINTR
            hasEnded = count <= 0
            if count < 0 { failure = errno }
            unread = 0..<max(count, 0)
            readAt = at ?? WallClock.seconds()
            processors.noteRead()
        }

        private mutating func keep(_ bytes: ArraySlice<UInt8>) {
            isOverlong = isOverlong || line.count + bytes.count > ScannedText.byteCountMax
            if !isOverlong { line += bytes }
        }

        private mutating func finish() -> Line {
            defer {
                line.removeAll(keepingCapacity: true)
                isOverlong = false
                lineCount += 1
            }
            return Line(number: lineCount, text: isOverlong ? nil : line, readAt: readAt)
        }
    }
}
