package import Signing
import Synchronization

/// Leaves an event after each accepted object code: on the gate's own disk first, then in the issuer's log.
package final class EventRecorder: Sendable {
    /// The most events of a backlog that one scan sends before its own verdict; `verify flush` sends the rest.
    private static let backlogCountMax = 16

    private let spool: EventSpool
    private let template: RecordedEvent.Template
    private let sender: EventSender?
    private let random: any RandomSource
    private let breaker = Mutex(CircuitBreaker())

    /// Makes a recorder.
    ///
    /// - Parameters:
    ///   - spool: where events wait.
    ///   - template: what all of them say.
    ///   - sender: the daemon, where one may be asked; nil leaves them all to a later sending.
    ///   - random: where idempotency keys come from.
    package init(
        spool: EventSpool, template: RecordedEvent.Template, sender: EventSender?, random: any RandomSource
    ) {
        self.spool = spool
        self.template = template
        self.sender = sender
        self.random = random
    }

    /// Records that an object's code was accepted.
    ///
    /// - Parameters:
    ///   - object: its id.
    ///   - isOnlineAllowed: whether the scene lets the gate ask the daemon; that may change from one bundle to another.
    ///   - now: when, Unix seconds.
    /// - Returns: whether the daemon has all of the spool; the event is on the disk in any case.
    /// - Throws: why the event could not be put on the disk.
    func record(_ object: [UInt8], isOnlineAllowed: Bool, at now: UInt64) throws(SpoolError) -> Bool {
        try spool.append(RecordedEvent(object: object, template: template, time: now), random: random)
        guard isOnlineAllowed, let sender, breaker.withLock({ $0.isClosed(at: now) }) else { return false }
        guard let report = try? sender.send(spool, countMax: Self.backlogCountMax), report.failure == nil else {
            breaker.withLock { $0.failed(at: now) }
            return false
        }
        breaker.withLock { $0.succeeded() }
        return report.waitingCount == 0 && report.refusals.isEmpty
    }
}
