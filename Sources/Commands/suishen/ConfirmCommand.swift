import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Confirms what another operator has asked for.
struct ConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Confirm another operator's request, or show the requests that wait.",
        discussion: """
            Where `dualControl` in suishend.yaml asks for it, exporting domain keys, publishing a root document and \
            striking a key wait for a second operator, another user, for 10 minutes. Without REQUEST every request is \
            shown; look at its particulars before you confirm it. The daemon then carries it out, once.
            """)

    @Argument(help: "The request's identifier, 32 hexadecimal digits.")
    var request: String?

    @OptionGroup var inquiry: InquiryOptions

    func run() async throws {
        do {
            let access = try inquiry.state.access()
            let requests = try await access.perform(.listConfirmations, [:])["requests"]?.array ?? []
            guard let request else { return requests.forEach(inquiry.result.print) }
            guard let asked = requests.first(where: { $0["request"]?.string == request }) else {
                throw CommandError(
                    code: "confirmation_unknown", reason: "no request with this identifier waits for a confirmation",
                    hint: "look with `suishen confirm`; a restart of the daemon voids every request, so ask again",
                    status: .failure)
            }
            // The digest binds the confirmation to what was read here.
            inquiry.result.print(
                try await access.perform(
                    .confirmRequest, ["request": .string(request), "digest": asked["digest"] ?? .null]))
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
