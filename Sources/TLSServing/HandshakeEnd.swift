import HTTPServing
import NIOCore
import NIOSSL
import NIOTLS

/// Tells when a handshake is over and its caller is known.
///
/// It stands behind the handler of TLS, which lets no byte of a request through before that.
final class HandshakeEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let deadline: HandshakeDeadline
    private let proved: (CallerCertificate) -> Void
    /// The caller's certificate, once it is checked.
    var certificate: CallerCertificate?

    init(_ deadline: HandshakeDeadline, _ proved: @escaping (CallerCertificate) -> Void) {
        self.deadline = deadline
        self.proved = proved
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            guard let certificate else { return context.close(promise: nil) }
            deadline.end()
            proved(certificate)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that leaves without a goodbye of TLS cuts nothing off unnoticed: HTTP says where each request ends.
        if let error = error as? NIOSSLError, error == .uncleanShutdown { return }
        context.fireErrorCaught(error)
    }
}
