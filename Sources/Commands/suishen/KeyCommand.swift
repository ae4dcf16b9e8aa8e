import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Lists, replaces and strikes the keys that gates trust.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "List, replace and strike the keys that gates trust.",
        discussion: "Gates learn of a change with their next bundle. `wrap` and `unwrap` change files alone.",
        subcommands: [
            List.self, Rotate.self, Retire.self, Compromise.self, KeyWrapCommand.self, KeyUnwrapCommand.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show every key that a bundle ever contained.")

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            try await inquiry.run(.listKeys, [:])
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key and sign with it from now on; codes and lists under the old key stay valid.")

        @Argument(help: "The key's use: issuer (signs codes) or status (signs status lists).")
        var role = "issuer"

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            try await inquiry.run(.rotateKey, ["role": .string(role)])
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop signing with a key; codes and lists that it has signed stay valid until they expire.")

        @Argument(help: "The key's identifier: a kid of `suishen key list`.")
        var kid: String

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            try await inquiry.run(.retireKey, ["kid": .string(kid)])
        }
    }

    struct Compromise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Strike a key that somebody else may hold: every code under it is refused.",
            discussion: "The current signing key is replaced first. A struck key never becomes valid again.")

        @Argument(help: "The key's identifier: a kid of `suishen key list`.")
        var kid: String

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            try await inquiry.run(.compromiseKey, ["kid": .string(kid)])
        }
    }
}
