import CommandSupport
import Encoding
import IssuerInterface
import Issuing

/// How requests reach an installation: through its daemon, or, where none runs, in this process.
enum IssuerAccess {
    case daemon(IssuerClient, idempotencyKey: String?)
    /// The caller as of now: each request has its own time.
    case direct(IssuingService, @Sendable () -> IssuingService.Caller)

    /// Carries out one request.
    func perform(_ operation: IssuerOperation, _ body: JSONValue) async throws -> JSONValue {
        switch self {
        case .daemon(let client, let key): try client.ask(operation, body, idempotencyKey: key)
        case .direct(let service, let caller):
            try await Self.publishing(operation, service) { try await service.perform(operation, body, by: caller()) }
        }
    }

    /// Carries out requests one after the other, each when the one before is answered.
    ///
    /// - Parameters:
    ///   - operation: what each request asks for.
    ///   - body: asks, by the function that it is given.
    /// - Throws: what `body` throws.
    func inOrder(
        _ operation: IssuerOperation, _ body: (_ ask: (JSONValue) async throws -> JSONValue) async throws -> Void
    ) async throws {
        switch self {
        case .daemon(let client, _): try await body { try client.ask(operation, $0) }
        case .direct(let service, let caller):
            try await Self.publishing(operation, service) {
                try await body { try await service.perform(operation, $0, by: caller()) }
            }
        }
    }

    /// Carries out each line's request, and gives its answer or its error, in order.
    func perform(_ operation: IssuerOperation, lines: [[UInt8]], byteCountMax: Int) async throws -> [JSONValue] {
        switch self {
        case .daemon(let client, let key):
            guard key == nil else { throw OperationError.keyMisplaced }
            return try client.ask(operation, lines: lines)
        case .direct(let service, let caller):
            return try await Self.publishing(operation, service) {
                // Begun one after the other, so that the lines' changes are made in their order.
                var begun: [Result<BegunRequest, OperationError>] = []
                for line in lines {
                    do throws(OperationError) {
                        begun.append(
                            .success(
                                try await service.begin(operation, line: line, byteCountMax: byteCountMax, by: caller())
                            ))
                    } catch {
                        begun.append(.failure(error))
                    }
                }
                var answers: [JSONValue] = []
                for request in begun { answers.append(await Self.answer(request)) }
                return answers
            }
        }
    }

    /// Publishes what `body` appends to the log, as a daemon does every second, and says what a crash had left there; the
    /// beat is brought to what was committed.
    private static func publishing<Value>(
        _ operation: IssuerOperation, _ service: IssuingService, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await publishingLog(operation, service, body)
            await cover(service)
            return value
        } catch {
            // What was refused may have come after what was done.
            await cover(service)
            throw error
        }
    }

    /// Brings the beat to what was committed, as a daemon does at its end; what was answered stands in any case.
    private static func cover(_ service: IssuingService) async {
        do throws(OperationError) {
            try await service.advanceBeat()
        } catch {
            Diagnostics(command: "suishen").report(CommandError(error))
        }
    }

    private static func publishingLog<Value>(
        _ operation: IssuerOperation, _ service: IssuingService, _ body: () async throws -> Value
    ) async throws -> Value {
        guard operation.isLogged else { return try await body() }
        do {
            for line in try await service.log.start() { StandardStream.error.write("suishen: \(line)\n") }
        } catch {
            // An event is refused by this, and says so itself; a compromised key must be struck all the same.
            Diagnostics(command: "suishen").report(CommandError(error))
        }
        let value = try await body()
        do {
            try await service.log.publish()
        } catch {
            // What was appended is on disk, and its answer must reach the caller; the next start publishes it.
            Diagnostics(command: "suishen").report(CommandError(error))
        }
        return value
    }

    private static func answer(_ begun: Result<BegunRequest, OperationError>) async -> JSONValue {
        do throws(OperationError) {
            return try await begun.get().answer().json
        } catch {
            return error.json
        }
    }
}
