import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// How a request reaches the installation and how its answer is printed: one from options, or many from a file.
struct RequestOptions: ParsableArguments {
    @OptionGroup var state: StateOptions
    @OptionGroup var batch: BatchOptions
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard batch.source == nil || state.idempotencyKey == nil else {
            throw ValidationError(
                "one --idempotency-key cannot stand for many requests: send them one by one with a key each, "
                    + "or leave it out with --from")
        }
    }

    /// Sends the request that the options make, or those of `--from`.
    ///
    /// - Parameters:
    ///   - operation: what is asked.
    ///   - members: the request's members; those that are nil were not given.
    ///   - completed: adds to a batch's answer what the command itself knows.
    /// - Throws: ``CommandError`` with the refusal's code.
    func run(
        _ operation: IssuerOperation, _ members: [(String, JSONValue?)],
        completed: (JSONValue) throws(CommandError) -> JSONValue = { $0 }
    ) async throws {
        if batch.source != nil {
            try Self.check(isEmpty: members)
            return try await batch.run(operation, on: state, completed: completed)
        }
        result.print(try await answer(operation, members))
    }

    /// Signs and appends the event that the options make, or those of `--from` in batches.
    func runSigned(_ signer: EventSigner, _ members: [(String, JSONValue?)]) async throws {
        // The key belongs to the event, not to the request for its place.
        var keyless = state
        keyless.idempotencyKey = nil
        do {
            let access = try keyless.access()
            let clock = state.clock
            if batch.source != nil {
                try Self.check(isEmpty: members)
                return try await batch.run { lines in
                    await signer.append(
                        lines: lines, byteCountMax: BatchOptions.lineByteCountMax,
                        nowMilliseconds: clock.nowMilliseconds, ask: access.perform)
                }
            }
            let all = members + [("idempotencyKey", state.idempotencyKey.map(JSONValue.string))]
            result.print(
                try await signer.append(
                    Self.body(all), nowMilliseconds: clock.nowMilliseconds, ask: access.perform))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }

    private static func check(isEmpty members: [(String, JSONValue?)]) throws(CommandError) {
        guard members.allSatisfy({ $0.1 == nil }) else {
            throw CommandError(
                code: "usage", reason: "--from takes whole requests",
                hint: "leave the other options out, and write what they say into each line", status: .usage)
        }
    }

    private static func body(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(
            JSONObject(members.compactMap { name, value in value.map { JSONObject.Member(key: name, value: $0) } }))
    }

    /// Sends one request and returns its answer.
    func answer(_ operation: IssuerOperation, _ members: [(String, JSONValue?)]) async throws -> JSONValue {
        do {
            return try await state.access().perform(operation, Self.body(members))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
