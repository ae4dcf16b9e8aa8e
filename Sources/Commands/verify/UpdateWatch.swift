import CLinux
import CommandSupport
import Glibc
import Gate
import Platform

/// Looks for new generations of a running gate's folder, and saves the counts of its verdicts, on its own thread.
enum UpdateWatch {
    /// The pause between two looks, so that a revocation takes effect within a second.
    private static let pauseMilliseconds: Int32 = 250
    /// The pause after a look during which the folder changed.
    private static let unsettledPauseMilliseconds: Int32 = 20
    private static let threadName = "updates"
    /// Enough to load a generation; a stack of the default size would count against the process's data limit.
    private static let stackByteCount = 1 << 20

    /// Runs `work`, and looks for new generations until it returns.
    ///
    /// - Parameters:
    ///   - gate: the gate that loads the generations.
    ///   - at: the time to use in place of the clock.
    ///   - work: the scanning.
    /// - Returns: what `work` returns.
    /// - Throws: `out_of_threads`, before `work` begins: without this thread the gate would miss every revocation.
    static func during<Value>(
        _ gate: RunningGate, at: UInt64?, _ work: () throws -> Value
    ) throws -> Value {
        let end = eventfd(0, Int32(EFD_CLOEXEC))
        guard end >= 0 else { throw unavailable }
        defer { close(end) }
        let thread = SystemThread(stackByteCount: stackByteCount) {
            SystemThread.name(threadName)
            var pause = pauseMilliseconds
            while !hasEnded(end, milliseconds: pause) {
                pause = look(gate, at: at)
                report(gate.tally?.saveIfDue(at: WallClock.seconds()))
            }
        }
        guard let thread else { throw unavailable }
        // Joined before the process ends: the thread may be verifying a signature, which libcrypto's exit would break.
        defer {
            eventfd_write(end, 1)
            thread.join()
            report(gate.tally?.save(at: WallClock.seconds()))
        }
        return try work()
    }

    /// Looks once, and reports a refused generation on stderr the first time.
    ///
    /// - Returns: the milliseconds until the next look.
    private static func look(_ gate: RunningGate, at: UInt64?) -> Int32 {
        switch gate.look(at: at ?? WallClock.seconds()) {
        case .nothingNew, .takenUp, .refused(_, isNew: false): break
        case .unsettled: return unsettledPauseMilliseconds
        case .refused(let error, isNew: true): Diagnostics(command: "verify").report(CommandError(undecided: error))
        }
        return pauseMilliseconds
    }

    /// Tells on stderr that the counts of verdicts stay in memory.
    private static func report(_ error: BundleError?) {
        if let error { Diagnostics(command: "verify").report(CommandError(undecided: error)) }
    }

    private static func hasEnded(_ end: Int32, milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&watched, 1, milliseconds) > 0
    }

    private static let unavailable = CommandError(
        code: "out_of_threads", reason: "the system gives no thread for the watch on new bundles",
        hint: "end other processes of this user, or raise the user's process limit")
}
