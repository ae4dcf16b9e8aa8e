import CommandSupport
import Glibc
import Platform

/// Repeats a fetch until a signal ends the process: with jitter, so that a city's gates do not ask at one instant, and
/// with longer pauses after failures.
struct SyncLoop {
    /// The longest pause after failures, unless the regular one is longer.
    static let pauseMillisecondsMax = 300_000
    private static let doublingCountMax = 16

    /// The regular pause.
    let milliseconds: Int

    /// The signals that end the loop between two steps; from now on none of them ends the process by itself.
    private static let signals: sigset_t = {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGTERM, SIGINT] { unsafe sigaddset(&signals, number) }
        return signals
    }()

    /// Whether a signal has asked the loop to end.
    static var isStopped: Bool {
        var pending = sigset_t()
        unsafe sigpending(&pending)
        return unsafe sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1
    }

    /// Runs `step` until a signal comes.
    ///
    /// - Parameter step: one fetch; returns whether it succeeded.
    func run(_ step: () -> Bool) {
        var signals = Self.signals
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        var failureCount = 0
        while !Self.isStopped {
            failureCount = step() ? 0 : failureCount + 1
            let pause = pauseMilliseconds(afterFailures: failureCount, random: .random(in: 0...1))
            var time = timespec(tv_sec: pause / 1000, tv_nsec: pause % 1000 * 1_000_000)
            if unsafe sigtimedwait(&signals, nil, &time) > 0 { return }
        }
    }

    /// The pause before the next step: within a tenth of the regular one, and doubled by each failure.
    func pauseMilliseconds(afterFailures failureCount: Int, random: Double) -> Int {
        let doubled = milliseconds << min(failureCount, Self.doublingCountMax)
        let pause = min(doubled, max(milliseconds, Self.pauseMillisecondsMax))
        return pause * 9 / 10 + Int(Double(pause / 5) * random)
    }
}
