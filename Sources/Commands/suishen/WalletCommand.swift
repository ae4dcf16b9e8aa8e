import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Shows and revokes the codes on phones.
struct WalletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wallet", abstract: "Show the codes on phones, and revoke those of one phone.",
        subcommands: [List.self, Revoke.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a person's codes on phones, and those of wards on the person's phone, the newest first.",
            discussion: "`device` is the thumbprint of the phone's key.")

        @Argument(help: "A person's subject.")
        var subject: String

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            try await inquiry.list(
                .listHoldings, ["subject": .string(subject)], items: "holdings", next: { _, _ in nil }
            ) { holding in
                var words = [holding["holding"]?.string ?? "", holding["status"]?.string ?? ""]
                words.append("made \(holding["madeAt"]?.integer ?? 0)")
                words.append("covered until \(holding["coveredUntil"]?.integer ?? 0)")
                words.append("device \(holding["device"]?.string ?? "")")
                if let guardian = holding["guardian"]?.string {
                    words.append("ward \(holding["subject"]?.string ?? "")")
                    words.append("guardian \(guardian)")
                }
                return words.joined(separator: "\t")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke the codes of one phone, and end their renewal; it cannot be undone.",
            discussion: "Gates learn of the revocation with their next hot list or bundle.")

        @Argument(help: "A holding of `suishen wallet list`, 32 hexadecimal digits.")
        var holding: String

        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.run(.revokeHolding, ["holding": .string(holding)]) }
    }
}
