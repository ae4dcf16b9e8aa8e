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

    @OptionGroup var change: ChangeOptions

    func run() async throws {
        var members: JSONObject = ["target": .string(target)]
        members["reason"] = reason.map(JSONValue.string)
        try await change.run(.revoke, members)
    }
}
