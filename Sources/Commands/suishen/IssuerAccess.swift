import CommandSupport
import Encoding
import IssuerInterface
import Issuing

/// How requests reach an installation: through its daemon, or in this process when no daemon runs.
enum IssuerAccess {
    case daemon(IssuerClient, idempotencyKey: String?)
    /// The service and a function that returns the caller with the current time, once for each request.
    case direct(IssuingService, @Sendable () -> IssuingService.Caller)

    /// Carries out one request.
    func perform(_ operation: IssuerOperation, _ body: JSONValue) async throws -> JSONValue {
        switch self {
        case .daemon(let client, let key): try client.ask(operation, body, idempotencyKey: key)
        case .direct(let service, let caller):
            try await Self.publishing(operation, service, at: caller().nowMilliseconds) {
                try await service.perform(operation, body, by: caller())
            }
        }
    }

    /// Carries out requests one after another, each after the previous one is answered.
    ///
    /// - Parameters:
    ///   - operation: the operation of every request.
    ///   - body: sends the requests through the function that it gets.
    /// - Throws: what `body` throws.
    func inOrder(
        _ operation: IssuerOperation, _ body: (_ ask: (JSONValue) async throws -> JSONValue) async throws -> Void
    ) async throws {
        switch self {
        case .daemon(let client, _): try await body { try client.ask(operation, $0) }
        case .direct(let service, let caller):
            try await Self.publishing(operation, service, at: caller().nowMilliseconds) {
                try await body { try await service.perform(operation, $0, by: caller()) }
            }
        }
    }

    /// Carries out each line's request, and returns its answer or its error, in order.
    func perform(_ operation: IssuerOperation, lines: [[UInt8]], byteCountMax: Int) async throws -> [JSONValue] {
        switch self {
        case .daemon(let client, let key):
            guard key == nil else { throw OperationError.keyMisplaced }
            return try client.ask(operation, lines: lines)
        case .direct(let service, let caller):
            return try await Self.publishing(operation, service, at: caller().nowMilliseconds) {
                // Begins one request after another, so that the changes are made in the lines' order.
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

    /// Publishes the entries that `body` appends to the log, as a daemon does every second.
    ///
    /// It also reports the log's recovery after a crash, and updates the beat to the committed state.
    private static func publishing<Value>(
        _ operation: IssuerOperation, _ service: IssuingService, at nowMilliseconds: UInt64,
        _ body: () async throws -> Value
    ) async throws -> Value {
        // The next command, or a daemon on another machine, need not wait for this one's lease to end.
        await service.takeLease()
        do {
            await keepEpochs(service, at: nowMilliseconds / 1000)
            let value = try await publishingLog(operation, service, body)
            await updateBeat(service)
            await service.giveUpLease()
            return value
        } catch {
            // A refused request may follow requests that were carried out.
            await updateBeat(service)
            await service.giveUpLease()
            throw error
        }
    }

    /// Updates the beat to the committed state, as a daemon does at its end; a failure does not undo answered requests.
    private static func updateBeat(_ service: IssuingService) async {
        do throws(OperationError) {
            try await service.advanceBeat()
        } catch {
            Diagnostics(command: "suishen").report(CommandError(error))
        }
    }

    /// Does what epoch keys need at this time, as a daemon does every few seconds.
    private static func keepEpochs(_ service: IssuingService, at now: UInt64) async {
        do throws(OperationError) {
            try await service.keepEpochsOnce(at: now)
        } catch {
            // The next command or the daemon goes on; the request itself does not depend on it.
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
            // The service refuses events itself then; striking a compromised key must work without the log.
            Diagnostics(command: "suishen").report(CommandError(error))
        }
        let value = try await body()
        do {
            try await service.log.publish()
        } catch {
            // The appended entries are on disk, and the caller must get the answer; the next start publishes them.
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
