import CommandSupport
import Platform
import Synchronization

/// Shows an audit's progress on stderr, when that is a terminal.
final class AuditProgress: Sendable {
    private static let intervalMilliseconds: UInt64 = 200

    private let start = AuditProgress.milliseconds()
    private let shown = Atomic<UInt64>(0)

    var update: @Sendable (UInt64, UInt64) -> Void {
        { done, size in self.show(done, of: size) }
    }

    /// A clock that only goes forward.
    static func milliseconds() -> UInt64 { MonotonicClock.microseconds() / 1000 }

    private func show(_ done: UInt64, of size: UInt64) {
        let now = Self.milliseconds()
        let last = shown.load(ordering: .relaxed)
        guard done == size || now - last >= Self.intervalMilliseconds else { return }
        shown.store(now, ordering: .relaxed)
        let elapsed = max(1, now - start)
        let rate = done * 1000 / elapsed
        let left = rate == 0 ? 0 : (size - done) / rate
        let end = done == size ? "\n" : ""
        StandardStream.error.write("\r\u{1B}[K\(done) of \(size) entries, \(rate) a second, \(left) s left\(end)")
    }
}
