import Credential
import Encoding
import HTTPTypes
import HummingbirdCore
import IssuerInterface
import Issuing
import NIOCore

/// Answers the HTTP requests of a connection, one at a time, for the connection's user.
struct RequestResponder: Sendable {
    /// The most bytes of a request, and of a line of a batch.
    static let requestByteCountMax = 64 << 10
    /// The most bytes of an idempotency key.
    static let keyByteCountMax = 128

    let service: IssuingService
    let metrics: RequestMetrics
    /// The grants of each user.
    let grants: @Sendable (UInt32) -> Grants
    /// Milliseconds since 1970-01-01T00:00:00Z.
    let nowMilliseconds: @Sendable () -> UInt64

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: the request's head; its body is not read yet.
    ///   - writer: sends the answer.
    ///   - uid: the user who connected, as the kernel says.
    /// - Throws: when the connection breaks.
    func respond(to request: Request, _ writer: consuming ResponseWriter, uid: UInt32) async throws {
        let start = ContinuousClock.now
        let (reply, pattern) = try await reply(to: request, uid: uid)
        let status: Int
        switch reply {
        case .whole(let answer):
            status = answer.status
            // The answer to HEAD has no body (RFC 9110 §9.3.2): a client would take it for the next answer's head.
            let bytes = request.method == .head ? [] : answer.bytes
            try await writer.write(response: answer.head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .lines(let batch):
            status = 200
            let head = HTTPResponse(status: .ok, headerFields: [.contentType: BatchResponder.contentType])
            var body = try await writer.writeHead(head)
            let counts = try await batch.stream(request.body) { try await body.write(ByteBuffer(bytes: $0)) }
            try await body.finish(nil)
            metrics.count(route: pattern, doneLines: counts.done, refusedLines: counts.refused)
        }
        let elapsed = (ContinuousClock.now - start).components
        metrics.count(
            route: pattern, status: status,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    }

    private enum Reply {
        case whole(WholeAnswer)
        case lines(BatchResponder)
    }

    /// The reply, and the route's pattern from the table for the counts, so that strangers' paths take no memory.
    private func reply(to request: Request, uid: UInt32) async throws -> (Reply, pattern: String) {
        var pattern = "other"
        do {
            let grants = grants(uid)
            // A user without a role must not learn which paths exist.
            guard !grants.roles.isEmpty else { throw Grants.missingRole(Role.all) }
            let found = try Route.at(request.uri.path)
            pattern = found[0].route.pattern.text
            guard let (route, parameters) = found.first(where: { $0.route.method.rawValue == request.method.rawValue })
            else { return (.whole(Self.wrongMethod(found.map(\.route.method))), pattern) }
            guard route.roles.contains(where: grants.roles.contains) else { throw Grants.missingRole(route.roles) }
            guard case .operation(let operation) = route.answer else {
                return (.whole(WholeAnswer(metrics: metrics.text)), pattern)
            }
            let key = try Self.key(of: request)
            // Called once a request has arrived whole, and for each line of a batch: either may take minutes to arrive.
            let caller: @Sendable () -> IssuingService.Caller = { [nowMilliseconds] in
                .init(uid: uid, grants: grants, nowMilliseconds: nowMilliseconds(), idempotencyKey: key)
            }
            if operation.isChange, parameters.isEmpty, BatchResponder.isBatch(request) {
                guard key == nil else { throw OperationError.keyMisplaced }
                let batch = BatchResponder(service: service, operation: operation, caller: caller) {
                    note($0, of: request, uid)
                }
                return (.lines(batch), pattern)
            }
            let fields =
                try route.method == .get
                ? Self.fields(of: request, parameters, operation)
                : RequestFields(
                    .parse(await Self.body(of: request), byteCountMax: Self.requestByteCountMax), operation: operation,
                    path: parameters)
            let answer = try await service.answer(operation, fields, by: caller())
            return (.whole(WholeAnswer(answer, known: request.headers[.ifNoneMatch])), pattern)
        } catch let error as OperationError {
            note(error, of: request, uid)
            return (.whole(WholeAnswer(error: error)), pattern)
        } catch let error as JSONError {
            return (.whole(WholeAnswer(error: OperationError(request: error))), pattern)
        }
    }

    /// Notes an error in the audit trail if the user may not do what the request asks for.
    private func note(_ error: OperationError, of request: Request, _ uid: UInt32) {
        guard error.httpStatus == 403 else { return }
        let found = (try? Route.at(request.uri.path)) ?? []
        let route = found.first { $0.route.method.rawValue == request.method.rawValue }?.route
        let name = route.map { "\($0.method.rawValue) \($0.pattern.text)" }
        service.noteRefusal(of: uid, route: name, nowMilliseconds: nowMilliseconds())
    }

    private static func wrongMethod(_ taken: [Route.Method]) -> WholeAnswer {
        let names = taken.map(\.rawValue).joined(separator: ", ")
        let error = OperationError(
            code: .methodNotAllowed, reason: "this path does not take that method", hint: "use \(names)")
        return WholeAnswer(error: error, allow: names)
    }

    private static func fields(
        of request: Request, _ path: [String: String], _ operation: IssuerOperation
    ) throws(OperationError) -> RequestFields {
        guard let query = PercentEncoding.parameters(of: request.uri.query ?? ""),
            query.keys.allSatisfy({ path[$0] == nil })
        else {
            throw OperationError(
                code: .requestMalformed, reason: "a parameter of the query is malformed or is given twice",
                hint: "send NAME=VALUE pairs joined by &, percent-encoded")
        }
        return try RequestFields(parameters: query.merging(path) { query, _ in query }, operation: operation)
    }

    private static func key(of request: Request) throws(OperationError) -> String? {
        let values = HTTPField.Name("Idempotency-Key").map { request.headers[values: $0] } ?? []
        guard let key = values.first else { return nil }
        guard values.count == 1, (1...keyByteCountMax).contains(key.utf8.count) else {
            throw OperationError(
                code: .idempotencyKeyInvalid,
                reason: "an idempotency key must be given once and have 1 to \(keyByteCountMax) bytes",
                hint: "send a random key, a UUID for instance")
        }
        return key
    }

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
