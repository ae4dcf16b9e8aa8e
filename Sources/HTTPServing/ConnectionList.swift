import NIOCore
import Synchronization

/// The open connections, with a limit on their number.
///
/// One connection over the limit closes a connection of the owner who has most: the one that has been silent longest.
/// So a user who opens thousands of connections keeps no other user out. A connection that waits for an answer is closed
/// only when all of that owner's wait. Only a connection's own loop knows whether it waits, because a request may still be unread.
/// Therefore the connection is asked to close there, and may stay open. Users without a role have a few places of
/// their own, and so have clients that have not proved yet who they are.
final class ConnectionList: Sendable {
    private struct Entry {
        let channel: any Channel
        let activity: ConnectionActivity
        let owner: ConnectionOwner
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

    /// Whether every connection must end once its requests are answered.
    var isFinishing: Bool { finishing.load(ordering: .acquiring) }

    /// - Parameters:
    ///   - countMax: the most connections of users who have a role.
    ///   - strangerCountMax: the most connections of all other users.
    init(countMax: Int, strangerCountMax: Int) {
        self.countMax = countMax
        self.strangerCountMax = strangerCountMax
    }

    /// Lists a connection until it closes; its pipeline must already have the handler `activity`.
    func add(_ channel: any Channel, _ activity: ConnectionActivity, of owner: ConnectionOwner, hasRole: Bool) {
        let key = ObjectIdentifier(channel)
        put(Entry(channel: channel, activity: activity, owner: owner), hasRole: hasRole)
        channel.closeFuture.whenComplete { [self] _ in forget(key) }
        if isFinishing { Self.finish(channel) }
    }

    /// Gives a connection to the owner that its client has proved to be; one that has left the list stays out.
    func pass(_ channel: any Channel, to owner: ConnectionOwner, hasRole: Bool) {
        let key = ObjectIdentifier(channel)
        let former = state.withLock { $0.strangers.removeValue(forKey: key) ?? $0.known.removeValue(forKey: key) }
        guard let former else { return }
        put(Entry(channel: channel, activity: former.activity, owner: owner), hasRole: hasRole)
    }

    /// Closes the connection that has been silent longest, unless every connection waits for an answer.
    ///
    /// A connection of a user without a role goes first.
    func closeIdlest() {
        let found = state.withLock { state -> (entry: Entry, hasRole: Bool)? in
            if let stranger = Self.takeIdlest(of: &state.strangers) { return (stranger, false) }
            return Self.takeIdlest(of: &state.known).map { ($0, true) }
        }
        if let (entry, hasRole) = found { askToLeave(entry, hasRole: hasRole) }
    }

    private func askToLeave(_ entry: Entry, hasRole: Bool) {
        let request = LeaveRequest { [self] in put(entry, hasRole: hasRole) }
        entry.channel.pipeline.fireUserInboundEventTriggered(request)
    }

    private static func takeIdlest(of entries: inout [ObjectIdentifier: Entry]) -> Entry? {
        let ranks = entries.lazy.map { (rank: $0.value.activity.rank, key: $0.key) }
        guard let first = ranks.min(by: { $0.rank < $1.rank }), !first.rank.isWaiting else { return nil }
        return entries.removeValue(forKey: first.key)
    }

    private func put(_ entry: Entry, hasRole: Bool) {
        let displaced = state.withLock { state in
            hasRole
                ? Self.put(entry, in: &state.known, countMax: countMax)
                : Self.put(entry, in: &state.strangers, countMax: strangerCountMax)
        }
        guard let displaced else { return }
        if displaced.isWaiting { return displaced.entry.channel.close(promise: nil) }
        askToLeave(displaced.entry, hasRole: hasRole)
    }

    /// Adds a connection.
    ///
    /// When the list is full, it returns the connection to close, and whether that one still awaits an answer.
    private static func put(
        _ entry: Entry, in entries: inout [ObjectIdentifier: Entry], countMax: Int
    ) -> (entry: Entry, isWaiting: Bool)? {
        defer { entries[ObjectIdentifier(entry.channel)] = entry }
        guard entries.count >= countMax else { return nil }
        var counts: [ConnectionOwner: Int] = [:]
        for other in entries.values { counts[other.owner, default: 0] += 1 }
        let most = counts.values.max() ?? 0
        let ranks = entries.lazy.filter { counts[$0.value.owner] == most }.map {
            (rank: $0.value.activity.rank, key: $0.key)
        }
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

    /// Ends every present and future connection once its requests are answered.
    func finish() {
        finishing.store(true, ordering: .releasing)
        state.withLock(\.channels).forEach(Self.finish)
    }

    private static func finish(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ConnectionEnding.EndCheck())
    }

    /// Closes every connection now.
    func close() {
        for channel in state.withLock(\.channels) { channel.close(promise: nil) }
    }
}
