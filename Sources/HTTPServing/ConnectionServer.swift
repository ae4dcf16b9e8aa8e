package import HummingbirdCore
import Logging
package import NIOCore
import NIOPosix

/// Serves HTTP/1.1 on a socket until it is told to stop.
package struct ConnectionServer: Sendable {
    /// The client of a connection.
    package struct Client: Sendable {
        package let owner: ConnectionOwner
        package let hasRole: Bool
        /// Whether what the client has proved still counts; false once its certificate has ended, for instance.
        package let isCurrent: @Sendable () -> Bool

        package init(owner: ConnectionOwner, hasRole: Bool, isCurrent: @escaping @Sendable () -> Bool = { true }) {
            self.owner = owner
            self.hasRole = hasRole
            self.isCurrent = isCurrent
        }

        /// The client of a server that tells nobody apart.
        package static let anybody = Client(owner: .user(0), hasRole: true)
    }

    /// Prepares a new connection, and tells who has connected.
    ///
    /// A client that proves later who it is begins as its address, without a role; `proved` is called on the
    /// connection's loop before the first request arrives.
    package typealias Identification =
        @Sendable (_ channel: any Channel, _ proved: @escaping @Sendable (Client) -> Void) -> EventLoopFuture<Client>

    /// Answers a request; the last argument has the connection close after the answer.
    package typealias Responder =
        @Sendable (Request, consuming ResponseWriter, Client, _ closeAfterAnswer: () -> Void) async throws -> Void

    /// Discards every message: a stranger's input must not reach a log.
    private static let logger = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
    private static let group = MultiThreadedEventLoopGroup.singleton

    private let socket: any ServedSocket
    private let limits: ServingLimits
    private let identify: Identification
    private let handlers: @Sendable () -> [any RemovableChannelHandler]
    private let respond: Responder
    private let connections: ConnectionList

    /// - Parameters:
    ///   - socket: where clients connect.
    ///   - limits: what one client can cost the others.
    ///   - identify: prepares a connection, and tells who has connected.
    ///   - handlers: further handlers of each connection, between the parser and the responder.
    ///   - respond: answers a request.
    package init(
        on socket: any ServedSocket, limits: ServingLimits,
        identify: @escaping Identification,
        handlers: @escaping @Sendable () -> [any RemovableChannelHandler] = { [] },
        respond: @escaping Responder
    ) {
        self.socket = socket
        self.limits = limits
        self.identify = identify
        self.handlers = handlers
        self.respond = respond
        connections = ConnectionList(
            countMax: limits.connectionCountMax, strangerCountMax: limits.strangerCountMax)
    }

    /// Serves until `stop` gives a value or ends; then answers the open requests and takes no new ones.
    ///
    /// - Throws: `socket_unusable` when the socket cannot be served.
    package func run(until stop: AsyncStream<Void>) async throws(ServingError) {
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
            throw ServingError(
                .socketUnusable, "the socket cannot be served: \(error)",
                hint: "check the socket's path, or the socket unit")
        }
        async let served: Void = serve(accepted)
        for await _ in stop { break }
        let limit = Task {
            try await Task.sleep(for: limits.stopTimeout)
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
        let end = ContinuousClock.now + limits.stopTimeout
        while socket.hasWaiting, .now < end { try? await Task.sleep(for: .milliseconds(1)) }
        // Connections that wait on a socket of the service manager belong to the next process that it starts.
        try? await server.setOption(.autoRead, value: false).get()
        // A connection is accepted on the server's loop, set up on another loop, and registered on the server's loop.
        for loop in [server.eventLoop] + Self.group.makeIterator() + [server.eventLoop] {
            try? await loop.submit {}.get()
        }
    }

    /// Finds out who has connected, and sets up HTTP for that client.
    private func accept(_ channel: any Channel) -> EventLoopFuture<Connection> {
        let standing = ConnectionStanding()
        let proved: @Sendable (Client) -> Void = { [connections] client in
            standing.prove(client)
            connections.pass(channel, to: client.owner, hasRole: client.hasRole)
        }
        return identify(channel, proved).flatMapThrowing { client in
            standing.begin(client)
            let activity = ConnectionActivity()
            let deadline = limits.headSeconds.map { HeadDeadline(.seconds($0)) }
            try channel.pipeline.syncOperations.addHandler(activity)
            if let deadline { try channel.pipeline.syncOperations.addHandler(deadline) }
            connections.add(channel, activity, of: client.owner, hasRole: client.hasRole)
            return (activity, deadline.map { NIOLoopBound($0, eventLoop: channel.eventLoop) })
        }.flatMap { (activity, deadline) in
            let http = HTTP1Channel(
                responder: { [respond] request, writer, channel in
                    guard let client = standing.client else { throw ChannelError.operationUnsupported }
                    try await respond(request, writer, client) {
                        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
                    }
                },
                configuration: .init(
                    additionalChannelHandlers: Self.arrival(deadline) + handlers()
                        + [ConnectionEnding(connections, activity)],
                    idleTimeout: .seconds(limits.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headByteCountMax, maxHeaderListSize: limits.headByteCountMax,
                        maxHeaderFieldCount: limits.headerCountMax)))
            return http.setup(channel: channel, logger: Self.logger).map { Connection(http: http, channel: $0) }
        }
    }

    private static func arrival(_ deadline: NIOLoopBound<HeadDeadline>?) -> [any RemovableChannelHandler] {
        deadline.map { [HeadArrival($0.value)] } ?? []
    }

    private struct Connection: Sendable {
        let http: HTTP1Channel
        let channel: HTTP1Channel.Value
    }
}
