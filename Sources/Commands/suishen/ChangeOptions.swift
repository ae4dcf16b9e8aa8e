import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// The options of a change that is sent once.
struct ChangeOptions: ParsableArguments {
    @OptionGroup var state: StateOptions
    @OptionGroup var idempotency: IdempotencyOption
    @OptionGroup var result: ResultOptions

    /// Sends the change and prints its answer.
    func run(_ operation: IssuerOperation, _ body: JSONObject) async throws {
        do {
            result.print(
                try await state.access(idempotencyKey: idempotency.idempotencyKey).perform(operation, .object(body)))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
