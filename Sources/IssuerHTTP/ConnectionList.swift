import NIOCore
import Synchronization

/// The connections that are open: counted, bounded, and ended in good order.
///
/// One too many closes the one that has been silent longest, so that a client which opens thousands and says nothing
/// keeps nobody else out; who waits for an answer is silent too, and goes only when all do. Whether one waits is known on
/// its own loop alone, where a request may still be unread: so it is asked there to leave, and may stay. Users without a
/// role have a few places of their own.
final class ConnectionList: Sendable {
    private struct Entry {
        let channel: any Channel
        let activity: ConnectionActivity
    }

    private struct State {
        var known: [ObjectIdentifier: Entry] = [:]
        var strangers: [ObjectIdentifier: Entry] = [:]

        var channels: [any Channel] { known.values.map(\.channel) + strangers.values.map(\.channel) }
    }

    private let countMax: Int
    private let strangerCountMax: Int
    private let state = Mutex(State())
    private let finishing = Atomic(false)

    /// Whether every connection is to end once what was asked on it is answered.
    var isFinishing: Bool { finishing.load(ordering: .acquiring) }

    /// - Parameters:
    ///   - countMax: connections of users who have a role.
    ///   - strangerCountMax: connections of all others.
    init(countMax: Int, strangerCountMax: Int) {
        self.countMax = countMax
        self.strangerCountMax = strangerCountMax
    }

    /// Notes a connection until it closes; its pipeline has the handler `activity` by now.
    func add(_ channel: any Channel, _ activity: ConnectionActivity, hasRole: Bool) {
        let key = ObjectIdentifier(channel)
        put(Entry(channel: channel, activity: activity), hasRole: hasRole)
        channel.closeFuture.whenComplete { [self] _ in forget(key) }
        if isFinishing { Self.finish(channel) }
    }

    private func put(_ entry: Entry, hasRole: Bool) {
        let displaced = state.withLock { state in
            hasRole
                ? Self.put(entry, in: &state.known, countMax: countMax)
                : Self.put(entry, in: &state.strangers, countMax: strangerCountMax)
        }
        guard let displaced else { return }
        if displaced.isWaiting { return displaced.entry.channel.close(promise: nil) }
        let request = ConnectionActivity.LeaveRequest { [self] in put(displaced.entry, hasRole: hasRole) }
        displaced.entry.channel.pipeline.fireUserInboundEventTriggered(request)
    }

    /// Adds an entry, and gives the one that has to go for it, with whether that waits for an answer.
    private static func put(
        _ entry: Entry, in entries: inout [ObjectIdentifier: Entry], countMax: Int
    ) -> (entry: Entry, isWaiting: Bool)? {
        defer { entries[ObjectIdentifier(entry.channel)] = entry }
        guard entries.count >= countMax else { return nil }
        let ranks = entries.lazy.map { (rank: $0.value.activity.rank, key: $0.key) }
        guard let first = ranks.min(by: { $0.rank < $1.rank }), let displaced = entries.removeValue(forKey: first.key)
        else { return nil }
        return (displaced, first.rank.isWaiting)
    }

    private func forget(_ key: ObjectIdentifier) {
        state.withLock {
            $0.known[key] = nil
            $0.strangers[key] = nil
        }
    }

    /// Has each connection, those to come too, end once what was asked on it is answered.
    func finish() {
        finishing.store(true, ordering: .releasing)
        state.withLock(\.channels).forEach(Self.finish)
    }

    private static func finish(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ConnectionEnding.Look())
    }

    /// Closes every connection now.
    func close() {
        for channel in state.withLock(\.channels) { channel.close(promise: nil) }
    }
}
