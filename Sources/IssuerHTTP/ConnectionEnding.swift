import Glibc
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection, once it is told to, when everything that was asked on it is answered.
///
/// Closing it at once would throw away a request that lies unread in the kernel, and what of an answer the client has
/// not taken yet. So the reading side alone is shut, when no request is under way and none waits: then nothing can be
/// sent any more that would not be read (unix(7)), and HTTP ends the connection by itself after the last answer.
final class ConnectionEnding: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Has a connection look whether it is to end.
    struct Look: Sendable {}

    /// How long somebody who has just connected may take to ask.
    private static let firstRequestGrace = TimeAmount.seconds(1)

    private var unansweredCount = 0
    private var isRequestUnfinished = false
    /// Whether somebody has connected and may still be about to ask.
    private var isExpected = true
    private let list: ConnectionList
    private let activity: ConnectionActivity

    /// - Parameters:
    ///   - list: says when every connection is to end.
    ///   - activity: is told whether anything asked is still to be answered.
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
        case .head(var head) where list.isFinishing && unansweredCount == 1 && !context.hasUnread:
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
        guard event is Look else { return context.fireUserInboundEventTriggered(event) }
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
