package import Signing
import Synchronization

/// Records an event after each accepted object code: on the gate's own disk first, then in the issuer's log.
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
    ///   - spool: the gate's queue of events.
    ///   - template: the fields that all events share.
    ///   - sender: sends to the daemon; nil leaves all events to a later `verify flush`.
    ///   - random: the source of idempotency keys.
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
    ///   - object: the object's id.
    ///   - isOnlineAllowed: whether the scene lets the gate ask the daemon; that may change from one bundle to another.
    ///   - now: the time of the acceptance, Unix seconds.
    /// - Returns: whether the daemon took the whole spool; the event is on the disk in any case.
    /// - Throws: the error if the event could not be written to the disk.
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
