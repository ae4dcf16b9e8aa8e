import ArgumentParser
import CommandSupport
import Encoding
import Issuing
import Signing

/// Registers, lists and ends the keys with which an enterprise signs its events.
struct EnterpriseKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Register, list and end the keys with which an enterprise signs events.",
        discussion: """
            Every change is an entry of the trace log. Auditors judge a signature by the key's newest change before \
            the signed event. Events signed before a key ended therefore stay valid.
            """,
        subcommands: [Add.self, List.self, Retire.self, Revoke.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a public key of an enterprise.",
            discussion: "`suishen device keygen` makes a pair of keys; give only the public key here.")

        @Argument(help: "The enterprise's unified social credit code.")
        var uscc: String

        @Option(help: "The public key's file, PEM.")
        var key: String

        @OptionGroup var change: ChangeOptions

        func run() async throws {
            // Reads the file here, so that a private key given by mistake does not leave this process.
            let publicKey = try CommandError.wrapping {
                try VerificationKey(pem: InputFile.read(key, byteCountMax: 1 << 14))
            }
            try await change.run(
                .addActorKey,
                ["uscc": .string(uscc), "publicKey": .string(String(decoding: publicKey.pem(), as: UTF8.self))])
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show every key of an enterprise and its status.")

        @Argument(help: "The enterprise's unified social credit code.")
        var uscc: String

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            try await inquiry.run(.listActorKeys, ["uscc": .string(uscc)])
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a key that the enterprise no longer uses; it never becomes valid again.")

        @OptionGroup var ending: EnterpriseKeyEnding

        func run() async throws {
            try await ending.run(.retireActorKey)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a key that somebody else may hold; it never becomes valid again.")

        @OptionGroup var ending: EnterpriseKeyEnding

        func run() async throws {
            try await ending.run(.revokeActorKey)
        }
    }
}

/// The arguments of the commands that end a key.
struct EnterpriseKeyEnding: ParsableArguments {
    @Argument(help: "The enterprise's unified social credit code.")
    var uscc: String

    @Argument(help: "The key's identifier, as `suishen enterprise key list` shows it.")
    var key: String

    @Option(help: "The reason, without personal data: it enters the log.")
    var reason: String?

    @OptionGroup var change: ChangeOptions

    func run(_ operation: IssuerOperation) async throws {
        var body: JSONObject = ["uscc": .string(uscc), "key": .string(key)]
        body["reason"] = reason.map(JSONValue.string)
        try await change.run(operation, body)
    }
}
