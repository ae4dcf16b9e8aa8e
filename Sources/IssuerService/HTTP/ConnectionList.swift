import NIOCore
import Synchronization

/// The connections that are open: counted, bounded, and ended in good order.
///
/// One too many closes the one that has been silent longest, so that a client which opens thousands and says nothing
/// keeps nobody else out; who waits for an answer is silent too, and goes only when all do. Users without a role have a
/// few places of their own.
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

    /// Notes a connection until it closes.
    func add(_ channel: any Channel, _ activity: ConnectionActivity, hasRole: Bool) {
        let key = ObjectIdentifier(channel)
        let entry = Entry(channel: channel, activity: activity)
        let silent = state.withLock { state in
            hasRole
                ? Self.put(entry, in: &state.known, countMax: countMax)
                : Self.put(entry, in: &state.strangers, countMax: strangerCountMax)
        }
        silent?.close(promise: nil)
        channel.closeFuture.whenComplete { [self] _ in forget(key) }
        if isFinishing { Self.finish(channel) }
    }

    /// Adds an entry, and gives the connection that has to go for it.
    private static func put(
        _ entry: Entry, in entries: inout [ObjectIdentifier: Entry], countMax: Int
    ) -> (any Channel)? {
        let silent =
            entries.count < countMax ? nil : entries.min { $0.value.activity.rank < $1.value.activity.rank }
        if let silent { entries[silent.key] = nil }
        entries[ObjectIdentifier(entry.channel)] = entry
        return silent?.value.channel
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

/// When a connection last said or was told something, and whether it waits for an answer.
final class ConnectionActivity: ChannelDuplexHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let time = Atomic(NIODeadline.now().uptimeNanoseconds)

    private let waiting = Atomic(false)

    /// The lower, the sooner the connection has to go: first whether it waits, then nanoseconds of the loops' clock.
    var rank: (UInt8, UInt64) { (waiting.load(ordering: .relaxed) ? 1 : 0, time.load(ordering: .relaxed)) }

    /// Notes whether something was asked that is not answered yet.
    func note(isWaiting: Bool) {
        waiting.store(isWaiting, ordering: .relaxed)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        note()
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        note()
        context.write(data, promise: promise)
    }

    private func note() {
        time.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
    }
}
