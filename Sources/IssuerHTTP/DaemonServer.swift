import Glibc
import HummingbirdCore
package import Issuing
import Logging
import NIOCore
import NIOPosix

/// Serves an installation on a socket until it is told to stop.
package struct DaemonServer: Sendable {
    /// The most connections at once; one more closes the connection that has been silent longest.
    private static let connectionCountMax = 1024
    /// The most connections at once of users without a role, whose requests are all refused.
    private static let strangerCountMax = 64
    /// The time that a connection may be idle between or within requests.
    private static let idleTimeout = TimeAmount.seconds(60)
    private static let headerByteCountMax = 16 << 10
    private static let headerCountMax = 64
    /// Discards every message: a stranger's input must not reach a log.
    private static let logger = Logger(label: "suishend") { _ in SwiftLogNoOpLogHandler() }

    private static let group = MultiThreadedEventLoopGroup.singleton

    private let responder: RequestResponder
    private let socket: ListeningSocket
    /// The time for answering open requests after the order to stop.
    private let stopTimeout: Duration
    private let connections = ConnectionList(countMax: connectionCountMax, strangerCountMax: strangerCountMax)

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
        responder = RequestResponder(
            service: service, metrics: RequestMetrics(), grants: { roles.grants(of: $0, owner: owner) },
            nowMilliseconds: nowMilliseconds)
        self.socket = socket
        stopTimeout = .seconds(Int64(service.settings.stopTimeoutSeconds))
    }

    /// Serves until `stop` gives a value or ends; then answers the open requests and takes no new ones.
    ///
    /// - Throws: `socket_unusable` when the socket cannot be served.
    package func run(until stop: AsyncStream<Void>) async throws(OperationError) {
        let (accepted, arrivals) = AsyncStream.makeStream(of: Connection.self)
        let server: any Channel
        do {
            server = try await ServerBootstrap(group: Self.group)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptPause(connections))
                    }
                }
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in accept(channel).map { _ = arrivals.yield($0) } }
                .withBoundSocket(socket.descriptor).get()
        } catch {
            throw OperationError(
                code: .socketUnusable, reason: "the socket cannot be served: \(error)",
                hint: "check the socket's path, or the socket unit")
        }
        async let served: Void = serve(accepted)
        for await _ in stop { break }
        let limit = Task {
            try await Task.sleep(for: stopTimeout)
            connections.close()
        }
        socket.remove()
        await acceptWaiting(server)
        server.close(promise: nil)
        arrivals.finish()
        connections.finish()
        await served
        limit.cancel()
    }

    private func serve(_ accepted: AsyncStream<Connection>) async {
        await withDiscardingTaskGroup { group in
            for await connection in accepted {
                group.addTask { await connection.http.handle(value: connection.channel, logger: Self.logger) }
            }
        }
    }

    /// Accepts the connections that wait in the kernel, and waits until each is being served.
    ///
    /// The kernel drops waiting connections when the socket is closed.
    private func acceptWaiting(_ server: any Channel) async {
        let end = ContinuousClock.now + stopTimeout
        while socket.hasWaiting, .now < end { try? await Task.sleep(for: .milliseconds(1)) }
        // Connections that wait on a socket of the service manager belong to the next process that it starts.
        try? await server.setOption(.autoRead, value: false).get()
        // A connection is accepted on the server's loop, set up on another loop, and registered on the server's loop.
        for loop in [server.eventLoop] + Self.group.makeIterator() + [server.eventLoop] {
            try? await loop.submit {}.get()
        }
    }

    /// Asks the kernel once per connection which user connected, and sets up HTTP for that user.
    private func accept(_ channel: any Channel) -> EventLoopFuture<Connection> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let peer: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return peer.flatMap { peer in
            let activity = ConnectionActivity()
            let http = HTTP1Channel(
                responder: { [responder] request, writer, channel in
                    try await responder.respond(to: request, writer, uid: peer.uid) {
                        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
                    }
                },
                configuration: .init(
                    additionalChannelHandlers: [ConnectionEnding(connections, activity)],
                    idleTimeout: Self.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.headerByteCountMax, maxHeaderListSize: Self.headerByteCountMax,
                        maxHeaderFieldCount: Self.headerCountMax)))
            return channel.pipeline.addHandler(activity).flatMap {
                connections.add(
                    channel, activity, of: peer.uid, hasRole: !responder.grants(peer.uid).roles.isEmpty)
                return http.setup(channel: channel, logger: Self.logger).map { Connection(http: http, channel: $0) }
            }
        }
    }

    private struct Connection: Sendable {
        let http: HTTP1Channel
        let channel: HTTP1Channel.Value
    }
}

/// The result of SO_PEERCRED in the layout of unix(7): the user who connected, at the time of connect(2).
private struct PeerCredentials: Sendable {
    let pid: Int32
    let uid: UInt32
    let gid: UInt32
}
