import CLinux
import CommandSupport
import Glibc
import Gate
import Platform

/// Looks for new generations of a running gate's folder, on a thread of its own.
enum UpdateWatch {
    /// How long it waits between two looks, so that a revocation counts within a second.
    private static let pauseMilliseconds: Int32 = 250
    /// How soon it looks again at a folder that changed under its eyes.
    private static let unsettledPauseMilliseconds: Int32 = 20
    private static let threadName = "updates"
    /// Enough to load a generation; a stack of the default size counts against the limit of a process with its data.
    private static let stackByteCount = 1 << 20

    /// Does `work` while it looks.
    ///
    /// - Parameters:
    ///   - gate: takes the generations up.
    ///   - at: stands in place of the clock.
    ///   - work: the scanning.
    /// - Returns: what `work` returns.
    /// - Throws: `out_of_threads`, and `work` is not begun: without looks the gate would hear of no revocation.
    static func during<Value>(
        _ gate: RunningGate, at: UInt64?, _ work: () throws -> Value
    ) throws -> Value {
        let end = eventfd(0, Int32(EFD_CLOEXEC))
        guard end >= 0 else { throw unavailable }
        defer { close(end) }
        let thread = SystemThread(stackByteCount: stackByteCount) {
            SystemThread.name(threadName)
            var pause = pauseMilliseconds
            while !hasEnded(end, milliseconds: pause) { pause = look(gate, at: at) }
        }
        guard let thread else { throw unavailable }
        // Joined before the process ends: it may be verifying a signature, which the library's end would break.
        defer {
            eventfd_write(end, 1)
            thread.join()
        }
        return try work()
    }

    /// Looks once, and says on stderr what is wrong with a generation the first time.
    ///
    /// - Returns: in how many milliseconds to look again.
    private static func look(_ gate: RunningGate, at: UInt64?) -> Int32 {
        switch gate.look(at: at ?? WallClock.seconds()) {
        case .nothingNew, .takenUp, .refused(_, isNew: false): break
        case .unsettled: return unsettledPauseMilliseconds
        case .refused(let error, isNew: true): Diagnostics(command: "verify").report(CommandError(undecided: error))
        }
        return pauseMilliseconds
    }

    private static func hasEnded(_ end: Int32, milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&watched, 1, milliseconds) > 0
    }

    private static let unavailable = CommandError(
        code: "out_of_threads", reason: "the system gives no thread to look for new bundles with",
        hint: "end other processes of this user, or raise the limit of their number")
}
