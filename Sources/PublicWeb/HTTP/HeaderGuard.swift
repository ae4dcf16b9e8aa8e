import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Adds the security header fields to an answer that was made without them: the parser's own 400.
final class HeaderGuard: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let security: SecurityFields

    init(_ security: SecurityFields) {
        self.security = security
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.headerFields[.contentSecurityPolicy] == nil,
            head.status.kind != .informational
        else { return context.write(data, promise: promise) }
        security.add(for: .data, isSecure: false, to: &head.headerFields)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
