import Glibc
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection on order, once every request on it is answered.
///
/// Closing at once would lose a request that is unread in the kernel, and the rest of an answer that the client has
/// not read yet. So only the reading side is shut, once no request is open or unread. The client can then send nothing
/// more (unix(7)), and HTTP closes the connection after the last answer.
final class ConnectionEnding: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Tells a connection to check whether it must end.
    struct EndCheck: Sendable {}

    /// The time that a new connection has for its first request.
    private static let firstRequestGrace = TimeAmount.seconds(1)

    private var unansweredCount = 0
    private var isRequestUnfinished = false
    /// Whether the connection is new, and its first request may still come.
    private var isExpected = true
    private let list: ConnectionList
    private let activity: ConnectionActivity

    /// - Parameters:
    ///   - list: says when every connection must end.
    ///   - activity: is told whether a request is unanswered.
    init(_ list: ConnectionList, _ activity: ConnectionActivity) {
        self.list = list
        self.activity = activity
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            unansweredCount += 1
            isRequestUnfinished = true
            isExpected = false
        case .body: break
        case .end: isRequestUnfinished = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        activity.note(isWaiting: unansweredCount > 0)
        context.fireChannelReadComplete()
        endIfIdle(context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head)
        where list.isFinishing && unansweredCount == 1 && head.status.kind != .informational && !context.hasUnread:
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            unansweredCount -= 1
            activity.note(isWaiting: unansweredCount > 0)
            endIfIdle(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is EndCheck else { return context.fireUserInboundEventTriggered(event) }
        endIfIdle(context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.firstRequestGrace) { [self] in
            isExpected = false
            endIfIdle(context)
        }
    }

    private func endIfIdle(_ context: ChannelHandlerContext) {
        guard list.isFinishing, !isExpected, unansweredCount == 0, !isRequestUnfinished, !context.hasUnread else {
            return
        }
        _ = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
            shutdown(descriptor, Int32(SHUT_RD))
        }
    }
}
