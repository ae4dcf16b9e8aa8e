import Credential
import Encoding
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Answers one HTTP request at a time of a connection whose user is known.
struct RequestResponder: Sendable {
    /// The longest request, and the longest line of a batch.
    static let requestByteCountMax = 64 << 10
    /// The longest idempotency key.
    static let keyByteCountMax = 128

    let service: IssuingService
    let metrics: RequestMetrics
    /// The one user who may ask for anything.
    let permittedUID: UInt32
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: @Sendable () -> UInt64

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: its head, its body still to be read.
    ///   - writer: where the answer goes.
    ///   - uid: who connected, as the kernel says.
    /// - Throws: when the connection breaks.
    func respond(to request: Request, _ writer: consuming ResponseWriter, uid: UInt32) async throws {
        let start = ContinuousClock.now
        let route = Route(rawValue: request.uri.path)
        let reply = try await reply(to: request, route, uid: uid)
        let status: Int
        switch reply {
        case .whole(let answer):
            status = answer.status
            try await writer.write(
                response: answer.head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes)))
        case .lines(let batch):
            status = 200
            let head = HTTPResponse(status: .ok, headerFields: [.contentType: BatchResponder.contentType])
            var body = try await writer.writeHead(head)
            let counts = try await batch.stream(request.body) { try await body.write(ByteBuffer(bytes: $0)) }
            try await body.finish(nil)
            metrics.count(route: batch.route.rawValue, doneLines: counts.done, refusedLines: counts.refused)
        }
        let elapsed = (ContinuousClock.now - start).components
        metrics.count(
            route: route?.rawValue ?? "other", status: status,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    }

    private enum Reply {
        case whole(WholeAnswer)
        case lines(BatchResponder)
    }

    private func reply(to request: Request, _ route: Route?, uid: UInt32) async throws -> Reply {
        do {
            let route = try permitted(route, request, uid: uid)
            let caller = IssuingService.Caller(uid: uid, now: now(), idempotencyKey: try Self.key(of: request))
            if let operation = route.operation, BatchResponder.isBatch(request) {
                return .lines(
                    try BatchResponder(service: service, operation: operation, route: route, caller: caller))
            }
            switch route {
            case .health:
                return .whole(WholeAnswer(json: ["status": "ok", "issuer": .string(service.settings.issuer)]))
            case .metrics: return .whole(WholeAnswer(metrics: metrics.text))
            default: return .whole(WholeAnswer(json: try await answer(Self.body(of: request), route, caller)))
            }
        } catch let error as OperationError {
            return .whole(WholeAnswer(error: error))
        } catch let error as JSONError {
            return .whole(WholeAnswer(error: OperationError(error)))
        }
    }

    private func answer(_ bytes: [UInt8], _ route: Route, _ caller: IssuingService.Caller) async throws -> JSONValue {
        let body = try JSONValue.parse(bytes, byteCountMax: Self.requestByteCountMax)
        if let operation = route.operation { return try await service.perform(operation, body, by: caller) }
        guard caller.idempotencyKey == nil else { throw Self.keyMisplaced }
        return try await service.bundle(.init(body), for: caller).json
    }

    private func permitted(_ route: Route?, _ request: Request, uid: UInt32) throws(OperationError) -> Route {
        guard uid == permittedUID else {
            throw OperationError(
                code: "not_permitted", reason: "the user \(uid) has no role here",
                hint: "ask as the user that the daemon runs as")
        }
        guard let route else {
            throw OperationError(
                code: "route_unknown", reason: "there is nothing at this path",
                hint: "the paths are \(Route.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard request.method.rawValue == route.method else {
            throw OperationError(
                code: "method_not_allowed", reason: "\(route.rawValue) is not asked by that method",
                hint: "use \(route.method)")
        }
        return route
    }

    private static func key(of request: Request) throws(OperationError) -> String? {
        let values = HTTPField.Name("Idempotency-Key").map { request.headers[values: $0] } ?? []
        guard let key = values.first else { return nil }
        guard values.count == 1, (1...keyByteCountMax).contains(key.utf8.count) else {
            throw OperationError(
                code: "idempotency_key_invalid",
                reason: "an idempotency key is 1 to \(keyByteCountMax) bytes, given once",
                hint: "send a random one, a UUID for instance")
        }
        return key
    }

    static let keyMisplaced = OperationError(
        code: "idempotency_key_misplaced", reason: "a batch or a bundle takes no idempotency key",
        hint: "leave it out, or send the requests one by one with a key each")

    private static func body(of request: Request) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= requestByteCountMax else {
                throw OperationError.requestTooLong(requestByteCountMax)
            }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }
}
