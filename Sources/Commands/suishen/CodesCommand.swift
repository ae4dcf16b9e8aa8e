import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Shows every code issued for a subject.
struct CodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes", abstract: "Show every code that a subject holds or is guardian of, oldest first.",
        discussion: "The registry does not keep the codes' texts. `suishen revoke` takes a code's identifier.")

    @Argument(help: "A subject.")
    var subject: String

    @OptionGroup var inquiry: InquiryOptions

    func run() async throws {
        try await inquiry.list(
            .codeHistory, ["subject": .string(subject)], items: "codes", next: { _, last in last["id"] }
        ) { code in
            var words = [code["id"]?.string ?? "", code["kind"]?.string ?? code["form"]?.string ?? ""]
            words.append("issued \(code["issuedAt"]?.integer ?? 0)")
            if let time = code["expiresAt"]?.integer { words.append("expires \(time)") }
            if let time = code["revokedAt"]?.integer { words.append("revoked \(time)") }
            if let reason = code["revocationReason"]?.string { words.append(TerminalText.line(reason)) }
            return words.joined(separator: "\t")
        }
    }
}
