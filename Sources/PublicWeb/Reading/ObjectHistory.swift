import Platform
import TraceLog

/// The events of one object so far.
struct ObjectHistory: Sendable {
    /// The most events that are kept of one object; the log has all of them.
    static let eventCountMax = 20_000

    /// Oldest first.
    let events: [HistoryEvent]
    /// Whether the log has more events than these.
    let isCut: Bool

    /// The commitments that were erased, by the index of the entry that held them.
    let erased: [UInt64: Set<MerkleHash>]

    init(events: [HistoryEvent], isCut: Bool) {
        (self.events, self.isCut) = (events, isCut)
        var erased: [UInt64: Set<MerkleHash>] = [:]
        for event in events {
            guard case .erased(let erasure) = event.entry.event else { continue }
            erased[erasure.index, default: []].formUnion(erasure.commitments)
        }
        self.erased = erased
    }

    /// The event of a sequence number.
    subscript(sequence: UInt64) -> HistoryEvent? {
        events.first { $0.entry.sequence == sequence }
    }
}

/// The histories that were asked for last; each is asked for again after a second, from its known end on.
///
/// A history only grows, so what is known of it stays true.
final class ObjectHistories: Sendable {
    /// The age of a history that is still shown.
    static let ageMillisecondsMax = 1000
    /// Twice as many histories are kept at most.
    private static let countMax = 1024

    private struct Known: Sendable {
        let history: ObjectHistory?
        let milliseconds: Int
    }

    private let daemon: DaemonReader
    private let known = RecentValues<[UInt8], Known>(countMax: countMax)
    private let questions = SharedQuestions<[UInt8], ObjectHistory?>()

    init(_ daemon: DaemonReader) {
        self.daemon = daemon
    }

    /// An object's history; nil where the daemon does not know the object.
    ///
    /// - Throws: `daemon_unreachable`.
    func history(of object: [UInt8]) async throws(WebError) -> ObjectHistory? {
        let former = known[object]
        if let former, MonotonicClock.milliseconds() - former.milliseconds < Self.ageMillisecondsMax {
            return former.history
        }
        return try await questions.ask(object) { [self] () async throws(WebError) in
            let history = try await fetch(object, after: former?.history)
            known[object] = Known(history: history, milliseconds: MonotonicClock.milliseconds())
            return history
        }
    }

    private func fetch(_ object: [UInt8], after former: ObjectHistory?) async throws(WebError) -> ObjectHistory? {
        var events = former?.events ?? []
        let count = events.count
        while events.count < ObjectHistory.eventCountMax {
            guard let more = try await daemon.events(of: object, from: events.count) else { return nil }
            events += more
            if more.count < DaemonReader.pageCountMax {
                if let former, events.count == count { return former }
                return ObjectHistory(events: events, isCut: false)
            }
        }
        return ObjectHistory(events: events, isCut: true)
    }
}
