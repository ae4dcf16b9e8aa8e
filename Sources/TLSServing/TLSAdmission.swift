package import HTTPServing
package import NIOCore
import NIOSSL
package import Platform

/// Lets in callers who prove by a certificate who they are.
package struct TLSAdmission: Sendable {
    private let credentials: TLSCredentials
    private let handshakeSeconds: Int64
    private let hasRole: @Sendable (CallerName) -> Bool

    /// - Parameters:
    ///   - credentials: the server's certificate and key, and the authorities of callers.
    ///   - handshakeSeconds: the longest time from the connection to the end of its handshake.
    ///   - hasRole: whether a caller has a role.
    package init(
        _ credentials: TLSCredentials, handshakeSeconds: Int64, hasRole: @escaping @Sendable (CallerName) -> Bool
    ) {
        self.credentials = credentials
        self.handshakeSeconds = handshakeSeconds
        self.hasRole = hasRole
    }

    /// Puts TLS under a new connection; see ``ConnectionServer/Identification``.
    package func identify(
        _ channel: any Channel, _ proved: @escaping @Sendable (ConnectionServer.Client) -> Void
    ) -> EventLoopFuture<ConnectionServer.Client> {
        channel.eventLoop.makeCompletedFuture {
            let loaded = credentials.current
            let deadline = HandshakeDeadline(.seconds(handshakeSeconds))
            let end = HandshakeEnd(deadline) { [self] certificate in
                proved(client(certificate, loaded))
            }
            let handler = NIOSSLServerHandler._makeSSLServerHandler(context: loaded.context) { certificate, channel in
                channel.eventLoop.makeCompletedFuture {
                    end.certificate = try CallerCertificate(certificate, at: credentials.now)
                }
            }
            try channel.pipeline.syncOperations.addHandlers([deadline, handler, end])
            return ConnectionServer.Client(
                owner: .address(channel.remoteAddress?.ipAddress ?? ""), hasRole: false, isCurrent: { false })
        }
    }

    private func client(_ certificate: CallerCertificate, _ loaded: LoadedTLS) -> ConnectionServer.Client {
        ConnectionServer.Client(
            owner: .named(certificate.name), hasRole: hasRole(certificate.name),
            isCurrent: { [credentials, generation = loaded.generation, notAfter = certificate.notAfter] in
                credentials.now <= notAfter && credentials.trusts(generation: generation)
            })
    }
}
