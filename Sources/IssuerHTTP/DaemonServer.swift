import Glibc
import HTTPServing
package import Issuing
import NIOCore

/// Serves an installation on a socket until it is told to stop.
package struct DaemonServer: Sendable {
    /// The most connections at once; one more closes the connection that has been silent longest.
    static let connectionCountMax = 1024
    /// The most connections at once of users without a role, whose requests are all refused.
    static let strangerCountMax = 64
    /// The seconds that a connection may be idle between or within requests.
    static let idleSeconds: Int64 = 60
    static let headerByteCountMax = 16 << 10
    static let headerCountMax = 64

    private let server: ConnectionServer

    /// - Parameters:
    ///   - service: answers the requests.
    ///   - socket: the socket that issuers connect to.
    ///   - owner: the daemon's own user, who may do everything unless the settings list this user.
    ///   - nowMilliseconds: the clock, in milliseconds since 1970-01-01T00:00:00Z.
    package init(
        _ service: IssuingService, on socket: ListeningSocket, owner: UInt32,
        nowMilliseconds: @escaping @Sendable () -> UInt64
    ) {
        let roles = service.settings.roles
        let responder = RequestResponder(
            service: service, metrics: RequestMetrics(), rates: RequestRates(service.settings.rates),
            grants: { roles.grants(of: $0, owner: owner) },
            nowMilliseconds: nowMilliseconds)
        server = ConnectionServer(
            on: socket,
            limits: ServingLimits(
                connectionCountMax: Self.connectionCountMax, strangerCountMax: Self.strangerCountMax,
                idleSeconds: Self.idleSeconds, headByteCountMax: Self.headerByteCountMax,
                headerCountMax: Self.headerCountMax,
                stopTimeout: .seconds(Int64(service.settings.stopTimeoutSeconds))),
            identify: { Self.identify($0, responder) },
            respond: { request, writer, client, closeAfterAnswer in
                try await responder.respond(
                    to: request, writer, uid: client.uid, closeAfterAnswer: closeAfterAnswer)
            })
    }

    /// Refuses settings that no daemon can serve.
    ///
    /// - Throws: `settings_invalid`.
    package static func check(_ settings: Settings) throws(OperationError) { try RequestRates.check(settings) }

    /// Serves until `stop` gives a value or ends; then answers the open requests and takes no new ones.
    ///
    /// - Throws: `socket_unusable` when the socket cannot be served.
    package func run(until stop: AsyncStream<Void>) async throws(OperationError) {
        do throws(ServingError) {
            try await server.run(until: stop)
        } catch {
            throw OperationError(code: .socketUnusable, reason: error.reason, hint: error.hint)
        }
    }

    /// Asks the kernel once per connection which user connected.
    private static func identify(
        _ channel: any Channel, _ responder: RequestResponder
    ) -> EventLoopFuture<ConnectionServer.Client> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let peer: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return peer.map { .init(uid: $0.uid, hasRole: !responder.grants($0.uid).roles.isEmpty) }
    }
}

/// The result of SO_PEERCRED in the layout of unix(7): the user who connected, at the time of connect(2).
private struct PeerCredentials: Sendable {
    let pid: Int32
    let uid: UInt32
    let gid: UInt32
}
