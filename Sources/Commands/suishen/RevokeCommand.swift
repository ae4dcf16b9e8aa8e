import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Revokes a code, or every live code of a subject.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a code, or every live code of a subject.",
        discussion: "Gates learn of the revocation with their next hot list or bundle.")

    @Argument(help: "A code's cti, or a subject.")
    var target: String

    @Option(help: "The reason, without personal data.")
    var reason: String?

    @OptionGroup var state: StateOptions
    @OptionGroup var result: ResultOptions

    func run() async throws {
        var members: [JSONObject.Member] = [.init(key: "target", value: .string(target))]
        if let reason { members.append(.init(key: "reason", value: .string(reason))) }
        do {
            result.print(
                try await state.access().perform(.revoke, .object(JSONObject(members))))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
