package import Gate
import HTTPTypes
package import HTTPServing
import HummingbirdCore
import NIOCore
package import Signing

/// Serves the public pages until it is told to stop; it holds no key and opens no database.
package struct WebServer: Sendable {
    package static let connectionCountMax = 1024
    package static let idleSeconds: Int64 = 65
    package static let headSeconds: Int64 = 10
    package static let headByteCountMax = 8 << 10
    package static let headerCountMax = 48
    package static let stopSeconds: Int64 = 10

    private let server: ConnectionServer

    /// - Parameters:
    ///   - settings: the command line.
    ///   - assets: the style sheet and the scripts.
    ///   - socket: where the proxy in front connects.
    ///   - metrics: counts the answers.
    ///   - changed: receives the error that keeps the published tree from being used, once for each change of its code,
    ///     and nil when the tree can be used again.
    /// - Throws: `random_unavailable`.
    package init(
        _ settings: WebSettings, _ assets: Assets, on socket: LoopbackSocket, metrics: WebMetrics,
        treeChanged changed: @escaping @Sendable (BundleError?) -> Void = { _ in }
    ) throws(SigningError) {
        let security = SecurityFields(isolatesCodePages: settings.walletHost == nil)
        let site = PublicSite(settings, assets, treeChanged: changed)
        // Says at the start what no page could say before somebody asks for one.
        _ = try? site.issuer.trust(at: site.now)
        let responder = WebResponder(
            routes: WebRoutes(site), security: security, metrics: metrics,
            rates: try ClientRates(
                pages: settings.requestsASecond, phones: settings.phoneRequestsASecond, random: SystemRandom()))
        server = ConnectionServer(
            on: socket, limits: Self.limits, identify: Self.identify,
            handlers: { [HeaderGuard(security)] },
            respond: { request, writer, _, closeAfterAnswer in
                try await responder.respond(to: request, writer, closeAfterAnswer: closeAfterAnswer)
            })
    }

    /// Serves the counts alone, on a socket that the proxy does not lead to.
    package init(metrics: WebMetrics, on socket: LoopbackSocket) {
        server = ConnectionServer(
            on: socket, limits: Self.limits, identify: Self.identify,
            respond: { request, writer, _, _ in
                let isAsked = request.method == .get && request.head.path == "/metrics"
                let text = isAsked ? metrics.text : "see /metrics\n"
                let head = HTTPResponse(
                    status: isAsked ? .ok : .notFound,
                    headerFields: [.contentType: "text/plain; version=0.0.4", .xContentTypeOptions: "nosniff"])
                try await writer.write(
                    response: head, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            })
    }

    /// Serves until `stop` gives a value or ends; then answers the open requests.
    ///
    /// - Throws: `socket_unusable`.
    package func run(until stop: AsyncStream<Void>) async throws(ServingError) {
        try await server.run(until: stop)
    }

    private static let limits = ServingLimits(
        connectionCountMax: connectionCountMax, strangerCountMax: 1, idleSeconds: idleSeconds,
        headSeconds: headSeconds, headByteCountMax: headByteCountMax, headerCountMax: headerCountMax,
        stopTimeout: .seconds(stopSeconds))

    /// Every client is the proxy, or somebody on this machine.
    private static let identify: ConnectionServer.Identification = { channel, _ in
        channel.eventLoop.makeSucceededFuture(.anybody)
    }
}
