import Glibc
import NIOCore
import Synchronization

/// When a connection last said or was told something, whether it waits for an answer, and whether it can leave.
final class ConnectionActivity: ChannelDuplexHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Has a connection close, unless it turns out that it waits for an answer.
    struct LeaveRequest: Sendable {
        /// Called instead of closing it, on its loop.
        let stay: @Sendable () -> Void
    }

    struct Rank: Comparable {
        let isWaiting: Bool
        let time: UInt64

        static func < (left: Rank, right: Rank) -> Bool {
            left.isWaiting == right.isWaiting ? left.time < right.time : right.isWaiting
        }
    }

    private let time = Atomic(NIODeadline.now().uptimeNanoseconds)
    private let waiting = Atomic(false)

    /// Whether something was asked that is not answered yet, as far as its loop has come.
    var isWaiting: Bool { waiting.load(ordering: .relaxed) }

    /// The lower, the sooner the connection has to go: first whether it waits, then nanoseconds of the loops' clock.
    var rank: Rank { Rank(isWaiting: isWaiting, time: time.load(ordering: .relaxed)) }

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

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let request = event as? LeaveRequest else { return context.fireUserInboundEventTriggered(event) }
        if context.hasUnread { note(isWaiting: true) }
        // It is not forgotten yet where it has just closed: that comes after its handlers are removed. It may not be active
        // yet either, where it has just come.
        if isWaiting { request.stay() } else { context.close(promise: nil) }
    }

    private func note() {
        time.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
    }
}

extension ChannelHandlerContext {
    /// Whether the kernel holds bytes of the client's that are still to be read.
    var hasUnread: Bool {
        let isReadable = try? pipeline.syncOperations.withUnsafeTransportIfAvailable {
            (descriptor: NIOBSDSocket.Handle) in
            var byte: UInt8 = 0
            return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
        }
        return isReadable ?? false
    }
}
