import Encoding
package import HTTPServing
import HummingbirdCore
import NIOCore
import NIOPosix

/// Serves a kiosk's page and its gate to this machine, until it is told to stop.
package struct KioskServer: Sendable {
    package static let connectionCountMax = 32
    package static let stopSeconds: Int64 = 10

    private let server: ConnectionServer

    /// - Parameters:
    ///   - gate: decides.
    ///   - assets: the page's style sheets, scripts and module.
    ///   - socket: where the browser connects.
    package init(_ gate: KioskGate, _ assets: Assets, on socket: LoopbackSocket) {
        let responder = KioskResponder(routes: KioskRoutes(gate, assets, address: socket.text))
        server = ConnectionServer(
            on: socket, limits: Self.limits,
            identify: { channel, _ in channel.eventLoop.makeSucceededFuture(.anybody) },
            handlers: { [HeaderGuard(.kiosk)] },
            respond: { request, writer, _, closeAfterAnswer in
                try await responder.respond(to: request, writer, closeAfterAnswer: closeAfterAnswer)
            })
    }

    /// Serves until `stop` gives a value or ends; then answers the open requests.
    ///
    /// - Throws: `socket_unusable`.
    package func run(until stop: AsyncStream<Void>) async throws(ServingError) {
        try await server.run(until: stop)
    }

    private static let limits = ServingLimits(
        connectionCountMax: connectionCountMax, strangerCountMax: 1, idleSeconds: WebServer.idleSeconds,
        headSeconds: WebServer.headSeconds, headByteCountMax: WebServer.headByteCountMax,
        headerCountMax: WebServer.headerCountMax, stopTimeout: .seconds(stopSeconds))
}

/// Answers the requests of one connection after the other's head was read.
private struct KioskResponder: Sendable {
    let routes: KioskRoutes

    func respond(
        to request: Request, _ writer: consuming ResponseWriter, closeAfterAnswer: () -> Void
    ) async throws {
        guard let parsed = WebRequest(request.head) else {
            closeAfterAnswer()
            let error = WebError(.targetMalformed, "the request's target cannot be read", hint: "load the page again")
            return try await send(KioskRoutes.failure(error), to: nil, writer)
        }
        switch routes.plan(for: parsed) {
        case .answer(let answer):
            // A body that nobody reads would be taken for the next request, or keep the connection busy.
            if parsed.hasBody { closeAfterAnswer() }
            try await send(answer, to: parsed, writer)
        case .operation(let operation):
            let answer: WebAnswer
            do throws(WebError) {
                let bytes = try await WebResponder.body(
                    of: request, parsed, type: KioskOperation.bodyType, byteCountMax: KioskOperation.byteCountMax)
                answer = KioskRoutes.reply(try await decide(try KioskOrder(operation, bytes)))
            } catch {
                closeAfterAnswer()
                answer = KioskRoutes.failure(error)
            }
            try await send(answer, to: parsed, writer)
        }
    }

    private func decide(_ order: KioskOrder) async throws(WebError) -> JSONValue {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try routes.gate.answer(order) }
        } catch let error as WebError {
            throw error
        } catch {
            throw WebError(.unexpected, "the gate could not decide", hint: "start the kiosk again")
        }
    }

    private func send(
        _ answer: WebAnswer, to request: WebRequest?, _ writer: consuming ResponseWriter
    ) async throws {
        let fitted = FittedAnswer(answer, to: request, .kiosk)
        try await writer.write(response: fitted.head, body: ResponseBody(byteBuffer: fitted.body))
    }
}
