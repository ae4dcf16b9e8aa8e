import Dispatch
import Synchronization

/// Lines that have been read and not yet checked; whoever reads waits while too many are under way.
final class LineQueue: Sendable {
    struct Line: Sendable {
        /// Its place in the stream, from 0.
        let number: Int
        /// Nil for a line too long to keep.
        let text: [UInt8]?
        /// When it was read, in seconds since 1970-01-01T00:00:00Z.
        let readAt: UInt64
    }

    /// Lines read and not yet answered: enough for every core, and little memory if all are of the longest.
    static let lineCountMax = 256

    private struct State {
        var lines = [Line?](repeating: nil, count: lineCountMax)
        var addedCount = 0
        var takenCount = 0
    }

    private let state = Mutex(State())
    private let waiting = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: lineCountMax)

    /// Adds the stream's next line.
    func add(_ text: [UInt8]?, at now: UInt64) {
        room.wait()
        state.withLock { state in
            let number = state.addedCount
            state.lines[number % Self.lineCountMax] = Line(number: number, text: text, readAt: now)
            state.addedCount += 1
        }
        waiting.signal()
    }

    /// Says that no more lines come, to each of those who take them.
    func end(readerCount: Int) {
        for _ in 0..<readerCount { waiting.signal() }
    }

    /// The next line, waiting for it; nil at the end.
    func next() -> Line? {
        waiting.wait()
        return state.withLock { state in
            guard state.takenCount < state.addedCount else { return nil }
            let place = state.takenCount % Self.lineCountMax
            defer { state.lines[place] = nil }
            state.takenCount += 1
            return state.lines[place]
        }
    }

    /// Makes room for as many lines as have been answered.
    func answered(_ count: Int) {
        for _ in 0..<count { room.signal() }
    }
}
