import Credential
import Encoding
import HTTPTypes
import HummingbirdCore
import IssuerInterface
import Issuing
import NIOCore
import Platform
import Storage

/// Answers the HTTP requests of a connection, one at a time, for the connection's caller.
struct RequestResponder: Sendable {
    /// The most bytes of a request, and of a line of a batch.
    static let requestByteCountMax = 64 << 10
    /// The most bytes of an idempotency key.
    static let keyByteCountMax = 128

    let service: IssuingService
    let metrics: RequestMetrics
    let rates: RequestRates
    /// The grants of each caller at this moment.
    let grants: @Sendable (CallerIdentity) -> Grants
    /// Milliseconds since 1970-01-01T00:00:00Z.
    let nowMilliseconds: @Sendable () -> UInt64

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: the request's head; its body is not read yet.
    ///   - writer: sends the answer.
    ///   - identity: who connected, as the kernel or the certificate says.
    ///   - isCurrent: whether the connection's certificate still counts.
    ///   - closeAfterAnswer: has the connection close once the answer is written.
    /// - Throws: when the connection breaks.
    func respond(
        to request: Request, _ writer: consuming ResponseWriter, of identity: CallerIdentity,
        isCurrent: @escaping @Sendable () -> Bool, closeAfterAnswer: () -> Void
    ) async throws {
        let start = ContinuousClock.now
        if !isCurrent() { closeAfterAnswer() }
        let (plan, pattern) = plan(for: request, of: identity, isCurrent)
        if Self.awaitsInvitation(request) {
            // A body that was not invited may come all the same, and would be taken for the next request
            // (RFC 9110 §10.1.1).
            if plan.readsBody {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            } else {
                closeAfterAnswer()
            }
        }
        let status: Int
        if case .lines(let batch) = plan {
            status = 200
            let head = HTTPResponse(status: .ok, headerFields: [.contentType: BatchResponder.contentType])
            var body = try await writer.writeHead(head)
            let counts = try await batch.stream(request.body) { try await body.write(ByteBuffer(bytes: $0)) }
            try await body.finish(nil)
            metrics.count(route: pattern, doneLines: counts.done, refusedLines: counts.refused)
        } else {
            let answer = try await answer(to: request, plan, of: identity)
            status = answer.status
            // The answer to HEAD has no body (RFC 9110 §9.3.2): a client would take it for the next answer's head.
            let bytes = request.method == .head ? [] : answer.bytes
            try await writer.write(response: answer.head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let elapsed = (ContinuousClock.now - start).components
        metrics.count(
            route: pattern, status: status,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    }

    /// How a request is answered, as its head decides.
    private enum Plan {
        case whole(WholeAnswer)
        /// The fields come from the path and the query, or from the body.
        case operation(
            IssuerOperation, path: [String: String], hasBody: Bool,
            caller: @Sendable () throws(OperationError) -> IssuingService.Caller)
        case lines(BatchResponder)

        var readsBody: Bool {
            switch self {
            case .whole: false
            case .operation(_, _, let hasBody, _): hasBody
            case .lines: true
            }
        }
    }

    /// The plan, and the route's pattern from the table for the counts, so that strangers' paths take no memory.
    private func plan(
        for request: Request, of identity: CallerIdentity, _ isCurrent: @escaping @Sendable () -> Bool
    ) -> (Plan, pattern: String) {
        var pattern = "other"
        do throws(OperationError) {
            guard isCurrent() else { throw .connectionOutdated }
            // A caller without a role must not learn which paths exist.
            let given = grants(identity).roles
            guard !given.isEmpty else { throw Grants.missingRole(Role.all) }
            let found = try Route.at(request.uri.path)
            pattern = found[0].route.pattern.text
            guard let (route, parameters) = found.first(where: { $0.route.method.rawValue == request.method.rawValue })
            else { return (.whole(Self.wrongMethod(found.map(\.route.method))), pattern) }
            guard route.roles.contains(where: given.contains) else { throw Grants.missingRole(route.roles) }
            try rates.take(route, of: identity)
            guard let operation = route.operation else {
                let published = service.settings.publish.map { _ in service.treeHealth.checkedAt }
                let isSigning = service.clockObstacle(atMilliseconds: nowMilliseconds()) == nil
                let gates = try? service.gateTally(atMilliseconds: nowMilliseconds())
                let text = metrics.text(
                    isSigning: isSigning, published: published, acts: service.actsKeptSeconds, gates: gates,
                    witnesses: service.witnessTally, standing: service.standing)
                return (.whole(WholeAnswer(metrics: text)), pattern)
            }
            let key = try Self.key(of: request)
            // Called once a request has arrived whole, and for each line of a batch: either may take minutes to arrive.
            let caller: @Sendable () throws(OperationError) -> IssuingService.Caller = {
                [grants, nowMilliseconds] () throws(OperationError) in
                guard isCurrent() else { throw OperationError.connectionOutdated }
                let grants = grants(identity)
                guard route.roles.contains(where: grants.roles.contains) else { throw Grants.missingRole(route.roles) }
                return .init(
                    identity: identity, grants: grants, nowMilliseconds: nowMilliseconds(), idempotencyKey: key)
            }
            if operation.isChange, parameters.isEmpty, BatchResponder.isBatch(request) {
                guard key == nil else { throw OperationError.keyMisplaced }
                let batch = BatchResponder(
                    service: service, operation: operation, caller: caller,
                    takeLine: { [rates] in rates.takeLine(route, of: identity) },
                    noteRefusal: { note($0, of: request, identity) })
                return (.lines(batch), pattern)
            }
            let hasBody = route.method != .get
            if hasBody, let text = request.headers[.contentLength], Int(text) ?? .max > Self.requestByteCountMax {
                throw OperationError.requestTooLong(Self.requestByteCountMax)
            }
            return (.operation(operation, path: parameters, hasBody: hasBody, caller: caller), pattern)
        } catch {
            note(error, of: request, identity)
            return (.whole(WholeAnswer(error: error)), pattern)
        }
    }

    private func answer(to request: Request, _ plan: Plan, of identity: CallerIdentity) async throws -> WholeAnswer {
        switch plan {
        case .whole(let answer): return answer
        // No input reaches this: `respond` streams every batch.
        case .lines: preconditionFailure("a batch is streamed, and is never answered whole")
        case .operation(let operation, let path, let hasBody, let caller):
            do {
                let fields =
                    hasBody
                    ? try RequestFields(
                        .parse(await Self.body(of: request), byteCountMax: Self.requestByteCountMax),
                        operation: operation, path: path)
                    : try Self.fields(of: request, path, operation)
                return WholeAnswer(
                    try await service.answer(operation, fields, by: caller()), known: request.headers[.ifNoneMatch])
            } catch let error as OperationError {
                note(error, of: request, identity)
                return WholeAnswer(error: error)
            } catch let error as JSONError {
                return WholeAnswer(error: OperationError(request: error))
            }
        }
    }

    /// Whether the client waits for 100 before it sends the body (RFC 9110 §10.1.1).
    private static func awaitsInvitation(_ request: Request) -> Bool {
        request.headers[.expect]?.lowercased() == "100-continue"
    }

    /// Notes an error in the audit trail if the caller may not do what the request asks for, or not so often.
    private func note(_ error: OperationError, of request: Request, _ identity: CallerIdentity) {
        guard error.errorClass == .notPermitted || error.errorClass == .tooMany else { return }
        let found = (try? Route.at(request.uri.path)) ?? []
        let route = found.first { $0.route.method.rawValue == request.method.rawValue }?.route
        let name = route.map { "\($0.method.rawValue) \($0.pattern.text)" }
        service.noteRefusal(of: identity, route: name, code: error.code, nowMilliseconds: nowMilliseconds())
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
