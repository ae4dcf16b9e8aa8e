import Encoding
import Signing
import Storage
import TraceLog

/// Appends the service's own acts to their log, in the transaction of each act's change.
struct ActsLog: Sendable {
    let log: InstallationLog
    let clock: SigningClock
    let random: any RandomSource

    /// Appends an act, which may go on without its entry.
    ///
    /// While entries are missing in the log after a recovery, an act that must not wait goes on without its entry, as a
    /// revocation does; the operator's trail has its line, and the chain over the trail follows later.
    ///
    /// - Parameters:
    ///   - term: the kind of act.
    ///   - values: the values of the term's fields, in their order.
    ///   - openings: of the act's commitments, at most 64; they stay in the registry.
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    ///   - database: the transaction of the change.
    /// - Throws: an error of the store.
    func append(
        _ term: ActTerm, _ values: [String], openings: [Opening] = [], atMilliseconds now: UInt64,
        in database: any LogTransaction
    ) throws {
        guard try !log.store.isBehind(in: database) else { return }
        try entry(term, values, openings: openings, atMilliseconds: now, in: database)
    }

    /// Appends an act that needs its entry; parameters as in ``append(_:_:openings:atMilliseconds:in:)``.
    ///
    /// - Returns: the entry's index.
    /// - Throws: `log_behind` while entries are missing after a recovery.
    @discardableResult
    func entry(
        _ term: ActTerm, _ values: [String], openings: [Opening] = [], atMilliseconds now: UInt64,
        in database: any LogTransaction
    ) throws -> UInt64 {
        var request = EventRequest(object: term.stream, event: .act(try Act(term, values)), actor: "")
        request.personal = openings
        // An act does not wait for a wrong clock, and must not take its time either: no later entry could be earlier.
        let now = (try? clock.time(at: now))?.milliseconds ?? 0
        return try log.append(request, at: now, in: database).answer.index
    }

    /// Appends the revocations of one step: commitments to the indices, and no index in clear.
    func append(
        revoked places: [StatusPlace], atMilliseconds now: UInt64, in database: any LogTransaction
    ) throws {
        for start in stride(from: 0, to: places.count, by: Entry.commitmentCountMax) {
            let part = places[start..<min(start + Entry.commitmentCountMax, places.count)]
            let openings = try part.map { place in
                try Opening.make(name: "revocation", value: "\(place.list) \(place.index)", random: random)
            }
            try append(
                .codeRevoke, [String(part.count)], openings: openings, atMilliseconds: now, in: database)
        }
    }

    /// The newest act of a term, and the index of its entry; nil before the first.
    func newest(of term: ActTerm, in snapshot: any LogSnapshot) throws -> (act: Act, index: UInt64)? {
        let snapshot = snapshot.snapshot(of: .acts)
        guard let head = try snapshot.head(of: term.stream) else { return nil }
        var end = head.sequence + 1
        while end > 0 {
            let start = end > Self.readCount ? end - Self.readCount : 0
            for entry in try snapshot.entries(of: term.stream, from: start, count: Int(end - start)).reversed() {
                guard case .act(let act) = try Entry.decode(entry.bytes[...]).event, act.term == term else { continue }
                return (act, entry.index)
            }
            end = start
        }
        return nil
    }

    /// How many entries of a stream are read at once.
    private static let readCount: UInt64 = 64
}
