package import NIOCore

/// Closes a connection whose client takes too long to prove who it is, and one whose place another client needs.
///
/// It stands before the handler of TLS, which would first say goodbye to the client, and wait for the answer.
package final class HandshakeDeadline: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer

    private let limit: TimeAmount
    private var isOver = false

    /// - Parameter limit: the longest time from the connection to the end of its handshake.
    package init(_ limit: TimeAmount) {
        self.limit = limit
    }

    package func channelActive(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
            if !isOver { context.close(promise: nil) }
        }
        context.fireChannelActive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Nobody waits for an answer before the handshake is over.
        guard event is LeaveRequest, !isOver else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }

    /// Notes that the handshake is over.
    package func end() {
        isOver = true
    }
}
