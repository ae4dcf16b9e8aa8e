import Glibc
import HTTPServing
package import Issuing
import NIOCore
import Storage
import TLSServing

/// Serves an installation on a socket of this machine, and to other machines, until it is told to stop.
package struct DaemonServer: Sendable {
    /// The most connections at once; one more closes the connection that has been silent longest.
    static let connectionCountMax = 1024
    /// The most connections at once of users without a role, whose requests are all refused.
    static let strangerCountMax = 64
    /// The seconds that a connection may be idle between or within requests.
    static let idleSeconds: Int64 = 60
    static let headerByteCountMax = 16 << 10
    static let headerCountMax = 64

    /// The most connections at once of callers on other machines who have not proved who they are, or have no role.
    static let unprovedCountMax = 256
    /// The seconds in which a caller on another machine must prove who it is.
    static let handshakeSeconds: Int64 = 5
    /// The seconds that a head from another machine may take from its first byte to its last.
    static let headSeconds: Int64 = 10

    private let servers: [ConnectionServer]

    /// - Parameters:
    ///   - service: answers the requests.
    ///   - socket: the socket that users of this machine connect to.
    ///   - network: the socket that callers on other machines connect to; nil for none.
    ///   - owner: the daemon's own user, who may do everything unless the settings list this user.
    ///   - nowMilliseconds: the clock, in milliseconds since 1970-01-01T00:00:00Z.
    package init(
        _ service: IssuingService, on socket: ListeningSocket, and network: NetworkListening? = nil, owner: UInt32,
        nowMilliseconds: @escaping @Sendable () -> UInt64
    ) {
        let responder = RequestResponder(
            service: service, metrics: RequestMetrics(), rates: RequestRates(service.settings.rates),
            grants: { service.roles.grants(of: $0, owner: owner) },
            nowMilliseconds: nowMilliseconds)
        let stopTimeout = Duration.seconds(Int64(service.settings.stopTimeoutSeconds))
        let local = ConnectionServer(
            on: socket,
            limits: ServingLimits(
                connectionCountMax: Self.connectionCountMax, strangerCountMax: Self.strangerCountMax,
                idleSeconds: Self.idleSeconds, headByteCountMax: Self.headerByteCountMax,
                headerCountMax: Self.headerCountMax, stopTimeout: stopTimeout),
            identify: { channel, _ in Self.identify(channel, responder) }, respond: Self.respond(responder))
        let remote = network.map { network in
            let admission = TLSAdmission(network.credentials, handshakeSeconds: Self.handshakeSeconds) { name in
                !responder.grants(.named(name)).roles.isEmpty
            }
            return ConnectionServer(
                on: network.socket,
                limits: ServingLimits(
                    connectionCountMax: Self.connectionCountMax, strangerCountMax: Self.unprovedCountMax,
                    idleSeconds: Self.idleSeconds, headSeconds: Self.headSeconds,
                    headByteCountMax: Self.headerByteCountMax, headerCountMax: Self.headerCountMax,
                    stopTimeout: stopTimeout),
                identify: { admission.identify($0, $1) }, respond: Self.respond(responder))
        }
        servers = [local] + (remote.map { [$0] } ?? [])
    }

    /// Refuses settings that no daemon can serve.
    ///
    /// - Throws: `settings_invalid`, or `tls_unusable`.
    package static func check(
        _ settings: Settings, credentialFolder: String?, at now: UInt64
    ) throws(OperationError) {
        try RequestRates.check(settings)
        if let listener = settings.listen.listener {
            try NetworkListening.check(listener, credentialFolder: credentialFolder, at: now)
        }
    }

    /// Serves until `stop` gives a value or ends; then answers the open requests and takes no new ones.
    ///
    /// - Throws: `socket_unusable` when a socket cannot be served; then none is.
    package func run(until stop: AsyncStream<Void>) async throws(OperationError) {
        let (ending, end) = AsyncStream.makeStream(of: Void.self)
        let endings = servers.map { _ in AsyncStream.makeStream(of: Void.self) }
        let waiting = Task {
            for await _ in stop { break }
            end.finish()
        }
        defer { waiting.cancel() }
        let failure = await withTaskGroup(of: ServingError?.self) { group in
            for (server, own) in zip(servers, endings) {
                group.addTask {
                    // A server that cannot serve ends the others too.
                    defer { end.finish() }
                    do throws(ServingError) {
                        try await server.run(until: own.stream)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for await _ in ending { break }
            for own in endings { own.continuation.finish() }
            var failure: ServingError?
            for await result in group { failure = failure ?? result }
            return failure
        }
        if let failure {
            throw OperationError(code: .socketUnusable, reason: failure.reason, hint: failure.hint)
        }
    }

    private static func respond(_ responder: RequestResponder) -> ConnectionServer.Responder {
        { request, writer, client, closeAfterAnswer in
            let identity: CallerIdentity
            switch client.owner {
            case .user(let number): identity = .user(number)
            case .named(let name): identity = .named(name)
            // The handler of TLS lets no request through before the handshake is over.
            case .address: throw ChannelError.operationUnsupported
            }
            try await responder.respond(
                to: request, writer, of: identity, isCurrent: client.isCurrent, closeAfterAnswer: closeAfterAnswer)
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
        return peer.map { .init(owner: .user($0.uid), hasRole: !responder.grants(.user($0.uid)).roles.isEmpty) }
    }
}

/// The result of SO_PEERCRED in the layout of unix(7): the user who connected, at the time of connect(2).
private struct PeerCredentials: Sendable {
    let pid: Int32
    let uid: UInt32
    let gid: UInt32
}
