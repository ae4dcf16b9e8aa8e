import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// The options of commands that send one request made from options, or many requests from a file.
struct RequestOptions: ParsableArguments {
    @OptionGroup var state: StateOptions
    @OptionGroup var idempotency: IdempotencyOption
    @OptionGroup var batch: BatchOptions
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard batch.source == nil || idempotency.idempotencyKey == nil else {
            throw ValidationError(
                "one --idempotency-key cannot serve many requests: send them one by one with one key each, "
                    + "or leave it out with --from")
        }
    }

    /// Sends the request made from the options, or the requests of `--from`.
    ///
    /// - Parameters:
    ///   - operation: the requested operation.
    ///   - members: the request's members; nil for an option that was not given.
    ///   - completed: adds the command's own facts to a batch's answer.
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

    /// Signs and appends the event made from the options, or the events of `--from` in batches.
    func runSigned(_ signer: EventSigner, _ members: [(String, JSONValue?)]) async throws {
        // The idempotency key belongs to the append of the event, not to the request for the event's place.
        do {
            let access = try state.access()
            let clock = state.clock
            if batch.source != nil {
                try Self.check(isEmpty: members)
                return try await batch.run { lines in
                    await signer.append(
                        lines: lines, byteCountMax: BatchOptions.lineByteCountMax,
                        nowMilliseconds: clock.nowMilliseconds, ask: access.perform)
                }
            }
            let all = members + [("idempotencyKey", idempotency.idempotencyKey.map(JSONValue.string))]
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
                hint: "leave the other options out, and write their values into each line", status: .usage)
        }
    }

    private static func body(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(
            JSONObject(members.compactMap { name, value in value.map { JSONObject.Member(key: name, value: $0) } }))
    }

    /// Sends one request and returns its answer.
    func answer(_ operation: IssuerOperation, _ members: [(String, JSONValue?)]) async throws -> JSONValue {
        do {
            return try await state.access(idempotencyKey: idempotency.idempotencyKey).perform(
                operation, Self.body(members))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
