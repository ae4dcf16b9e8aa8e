import Glibc
import HummingbirdCore
package import Issuing
import Logging
import NIOCore
import NIOPosix

/// Serves an installation on a socket until it is told to stop.
package struct DaemonServer: Sendable {
    /// Connections at once; one more closes the one that has been silent longest, so that nobody fills the memory.
    private static let connectionCountMax = 1024
    /// Connections at once of users without a role, who are told so and nothing else.
    private static let strangerCountMax = 64
    /// How long a connection may lie idle between, or within, requests.
    private static let idleTimeout = TimeAmount.seconds(60)
    private static let headerByteCountMax = 16 << 10
    private static let headerCountMax = 64
    /// Silent: what a stranger sends must not reach a log.
    private static let logger = Logger(label: "suishend") { _ in SwiftLogNoOpLogHandler() }

    private static let group = MultiThreadedEventLoopGroup.singleton

    private let responder: RequestResponder
    private let socket: ListeningSocket
    /// How long what was asked may take to be answered after the order to stop.
    private let stopTimeout: Duration
    private let connections = ConnectionList(countMax: connectionCountMax, strangerCountMax: strangerCountMax)

    /// - Parameters:
    ///   - service: what answers.
    ///   - socket: where issuers connect.
    ///   - owner: the daemon's own user, who may do everything unless the settings say otherwise.
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

    /// Serves until `stop` gives a value or ends; then answers what was asked by then, and takes nothing new.
    ///
    /// - Throws: `socket_unusable` when the socket cannot be served.
    package func run(until stop: AsyncStream<Void>) async throws(OperationError) {
        let (accepted, arrivals) = AsyncStream.makeStream(of: Connection.self)
        let server: any Channel
        do {
            server = try await ServerBootstrap(group: Self.group)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler())
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
        await takeWaiting(server)
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

    /// Accepts whoever has connected by now, and waits until each is being served: what the kernel holds for a socket
    /// that is closed, it throws away.
    private func takeWaiting(_ server: any Channel) async {
        let end = ContinuousClock.now + stopTimeout
        while socket.hasWaiting, .now < end { try? await Task.sleep(for: .milliseconds(1)) }
        // What is left on a socket of the service manager's is for whoever it starts next.
        try? await server.setOption(.autoRead, value: false).get()
        // A connection is accepted on the server's loop, set up on another, and registered by way of the first.
        for loop in [server.eventLoop] + Self.group.makeIterator() + [server.eventLoop] {
            try? await loop.submit {}.get()
        }
    }

    /// Asks the kernel who connected, once a connection, and sets up HTTP for that user.
    private func accept(_ channel: any Channel) -> EventLoopFuture<Connection> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let peer: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return peer.flatMap { peer in
            let activity = ConnectionActivity()
            let http = HTTP1Channel(
                responder: { [responder] request, writer, _ in
                    try await responder.respond(to: request, writer, uid: peer.uid)
                },
                configuration: .init(
                    additionalChannelHandlers: [ConnectionEnding(connections, activity)],
                    idleTimeout: Self.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.headerByteCountMax, maxHeaderListSize: Self.headerByteCountMax,
                        maxHeaderFieldCount: Self.headerCountMax)))
            return channel.pipeline.addHandler(activity).flatMap {
                connections.add(channel, activity, hasRole: !responder.grants(peer.uid).roles.isEmpty)
                return http.setup(channel: channel, logger: Self.logger).map { Connection(http: http, channel: $0) }
            }
        }
    }

    private struct Connection: Sendable {
        let http: HTTP1Channel
        let channel: HTTP1Channel.Value
    }
}

/// What SO_PEERCRED gives, laid out as unix(7) says: who connected, as of connect(2).
private struct PeerCredentials: Sendable {
    let pid: Int32
    let uid: UInt32
    let gid: UInt32
}

/// Keeps a failed accept, one too many open files for instance, from ending the server.
private final class AcceptErrorHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = any Channel

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
