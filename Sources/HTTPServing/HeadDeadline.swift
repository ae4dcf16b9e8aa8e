import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request's head takes too long to arrive, however steadily its bytes drip.
///
/// It stands before the parser and sees bytes; ``HeadArrival`` stands behind it and tells when a head is whole.
final class HeadDeadline: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limit: TimeAmount
    private var isWaiting = false
    private var count: UInt64 = 0

    /// - Parameter limit: the longest time from a head's first byte to its last.
    init(_ limit: TimeAmount) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isWaiting {
            isWaiting = true
            count &+= 1
            context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self, count] in
                if isWaiting, self.count == count { context.close(promise: nil) }
            }
        }
        context.fireChannelRead(data)
    }

    /// Notes that a head, or a part of a body, has arrived.
    func arrived() {
        isWaiting = false
    }
}

/// Tells a ``HeadDeadline`` that the parser has a whole head.
final class HeadArrival: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let deadline: HeadDeadline

    init(_ deadline: HeadDeadline) {
        self.deadline = deadline
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline.arrived()
        context.fireChannelRead(data)
    }
}
