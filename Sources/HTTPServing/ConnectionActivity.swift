import Glibc
import NIOCore
import Synchronization

/// Asks a connection to close, unless a request on it is unanswered.
struct LeaveRequest: Sendable {
    /// Called on the connection's loop when the connection stays open.
    let stay: @Sendable () -> Void
}

/// Tracks when a connection was last active and whether a request on it is unanswered.
final class ConnectionActivity: ChannelDuplexHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    struct Rank: Comparable {
        let isWaiting: Bool
        let time: UInt64

        static func < (left: Rank, right: Rank) -> Bool {
            left.isWaiting == right.isWaiting ? left.time < right.time : right.isWaiting
        }
    }

    private let time = Atomic(NIODeadline.now().uptimeNanoseconds)
    private let waiting = Atomic(false)

    /// Whether a request is unanswered, as far as the connection's loop has read.
    var isWaiting: Bool { waiting.load(ordering: .relaxed) }

    /// The connection with the lowest rank is closed first: idle ones before waiting ones, then the longest silent.
    var rank: Rank { Rank(isWaiting: isWaiting, time: time.load(ordering: .relaxed)) }

    /// Notes whether a request is unanswered.
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

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let request = event as? LeaveRequest else { return context.fireUserInboundEventTriggered(event) }
        if context.hasUnread { note(isWaiting: true) }
        // A connection that has just closed may still be listed: it leaves the list after its handlers are removed.
        // A connection that has just arrived may not be active yet.
        if isWaiting { request.stay() } else { context.close(promise: nil) }
    }

    private func note() {
        time.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
    }
}

extension ChannelHandlerContext {
    /// Whether the kernel holds unread bytes from the client.
    var hasUnread: Bool {
        let isReadable = try? pipeline.syncOperations.withUnsafeTransportIfAvailable {
            (descriptor: NIOBSDSocket.Handle) in
            var byte: UInt8 = 0
            return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
        }
        return isReadable ?? false
    }
}
