import CLinux
import Glibc
import Platform
import Synchronization

/// The lines of a stream: whoever is free reads the next, so that a line that comes need not be handed on before it is
/// looked at.
final class StreamLines: Sendable {
    struct Line: Sendable {
        /// Its place in the stream, from 0.
        let number: Int
        /// Nil for a line too long to keep.
        let text: [UInt8]?
        /// When it was read, in seconds since 1970-01-01T00:00:00Z.
        let readAt: UInt64
    }

    /// Lines read and not yet answered: enough for every core while one waits for an answer from elsewhere.
    static let lineCountMax = 256

    private let at: UInt64?
    private let state = Mutex(State())
    private let room = Semaphore(lineCountMax)
    /// Wakes whoever waits: of a terminal's end the kernel tells one of them alone.
    private let end = eventfd(0, Int32(EFD_CLOEXEC))

    /// - Parameter at: stands in place of the clock.
    init(at: UInt64?) {
        self.at = at
    }

    deinit {
        close(end)
    }

    /// A thread's own waiting for lines.
    func watch() -> InputWatch { InputWatch(until: end) }

    /// The next line, waiting for it.
    ///
    /// - Parameter watch: the calling thread's own.
    /// - Returns: nil at the end.
    func next(_ watch: borrowing InputWatch) -> Line? {
        room.wait()
        while true {
            switch state.withLock({ $0.next(at) }) {
            case .line(let line): return line
            case .awaited(let milliseconds): watch.wait(milliseconds: milliseconds)
            case .ended:
                eventfd_write(end, 1)
                room.signal()
                return nil
            }
        }
    }

    /// What broke stdin off, by its number; nil while nothing has.
    var failure: Int32? { state.withLock { $0.failure } }

    /// Makes room for as many lines as have been answered.
    func answered(_ count: Int) {
        for _ in 0..<count { room.signal() }
    }

    private enum Next {
        case line(Line)
        /// There is nothing to read now; if nothing comes, look again after so long, or at -1 never.
        case awaited(milliseconds: Int32)
        case ended
    }

    /// What has been read of stdin and is in no line yet.
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

        /// The next line of what has come; nobody waits in here, where others look for what is there.
        mutating func next(_ at: UInt64?) -> Next {
            while true {
                if let end = buffer[unread].firstIndex(of: UInt8(ascii: "\n")) {
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
                // Where stdin broke off, nobody has sent the last line whole.
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
            isOverlong = isOverlong || line.count + bytes.count > StreamScan.lineByteCountMax
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
