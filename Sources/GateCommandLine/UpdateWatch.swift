import CLinux
package import CommandSupport
package import Gate
import Glibc
import Platform

/// Looks for new generations of a running gate's folder, and saves the counts of its verdicts, on its own thread.
package struct UpdateWatch: Sendable {
    /// The pause between two looks, so that a revocation takes effect within a second.
    private static let pauseMilliseconds: Int32 = 250
    /// The pause after a look during which the folder changed.
    private static let unsettledPauseMilliseconds: Int32 = 20
    private static let threadName = "updates"
    /// Enough to load a generation; a stack of the default size would count against the process's data limit.
    private static let stackByteCount = 1 << 20

    private let gate: RunningGate
    private let diagnostics: Diagnostics
    private let end: Int32
    private let thread: SystemThread

    /// Begins to look; ``finish()`` ends it.
    ///
    /// - Parameters:
    ///   - gate: the gate that loads the generations.
    ///   - command: the name of the command that runs the gate.
    ///   - at: the time to use in place of the clock.
    /// - Throws: `out_of_threads`: without this thread the gate would miss every revocation.
    package init(_ gate: RunningGate, of command: String, at: UInt64?) throws(CommandError) {
        let diagnostics = Diagnostics(command: command)
        let end = eventfd(0, Int32(EFD_CLOEXEC))
        guard end >= 0 else { throw Self.unavailable }
        let thread = SystemThread(stackByteCount: Self.stackByteCount) {
            SystemThread.name(Self.threadName)
            var pause = Self.pauseMilliseconds
            while !Self.hasEnded(end, milliseconds: pause) {
                pause = Self.look(gate, at: at, diagnostics)
                Self.report(gate.tally?.saveIfDue(at: WallClock.seconds()), diagnostics)
            }
        }
        guard let thread else {
            close(end)
            throw Self.unavailable
        }
        (self.gate, self.diagnostics, self.end, self.thread) = (gate, diagnostics, end, thread)
    }

    /// Runs `work`, and looks for new generations until it returns.
    ///
    /// - Parameters:
    ///   - gate: the gate that loads the generations.
    ///   - command: the name of the command that runs the gate.
    ///   - at: the time to use in place of the clock.
    ///   - work: the scanning.
    /// - Returns: what `work` returns.
    /// - Throws: `out_of_threads`, before `work` begins.
    package static func during<Value>(
        _ gate: RunningGate, of command: String, at: UInt64?, _ work: () throws -> Value
    ) throws -> Value {
        let watch = try UpdateWatch(gate, of: command, at: at)
        defer { watch.finish() }
        return try work()
    }

    /// Ends the looks, and saves the counts of verdicts; call it once, before the process ends.
    ///
    /// The thread is joined: it may be verifying a signature, which libcrypto's exit would break.
    package func finish() {
        eventfd_write(end, 1)
        thread.join()
        close(end)
        Self.report(gate.tally?.save(at: WallClock.seconds()), diagnostics)
    }

    /// Looks once, and reports a refused generation on stderr the first time.
    ///
    /// - Returns: the milliseconds until the next look.
    private static func look(_ gate: RunningGate, at: UInt64?, _ diagnostics: Diagnostics) -> Int32 {
        switch gate.look(at: at ?? WallClock.seconds()) {
        case .nothingNew, .takenUp, .refused(_, isNew: false): break
        case .unsettled: return unsettledPauseMilliseconds
        case .refused(let error, isNew: true): diagnostics.report(CommandError(undecided: error))
        }
        return pauseMilliseconds
    }

    /// Tells on stderr that the counts of verdicts stay in memory.
    private static func report(_ error: BundleError?, _ diagnostics: Diagnostics) {
        if let error { diagnostics.report(CommandError(undecided: error)) }
    }

    private static func hasEnded(_ end: Int32, milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&watched, 1, milliseconds) > 0
    }

    private static let unavailable = CommandError(
        code: "out_of_threads", reason: "the system gives no thread for the watch on new bundles",
        hint: "end other processes of this user, or raise the user's process limit")
}
