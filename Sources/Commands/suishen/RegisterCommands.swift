import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Registers people.
struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Register people.", subcommands: [Register.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a person, or find the one with this number.",
            discussion: """
                The number itself is not kept: a keyed digest finds the person again. Write - for a value, and send it \
                on stdin: every user of this machine can read a command line. Each - takes one line, in the order \
                below.
                """)

        @Option(help: "The resident ID number, 18 characters (GB 11643); - for a line of stdin, which is better.")
        var residentId: String?

        @Option(help: "The medical-insurance identifier, 24 hex digits; - for a line of stdin.")
        var medical: String?

        @Option(help: "The transit identifier, 24 hex digits; - for a line of stdin.")
        var transit: String?

        @OptionGroup var request: RequestOptions

        func run() async throws {
            var input = InputValues()
            var members: [(String, JSONValue?)] = []
            for (name, word) in [("residentId", residentId), ("medical", medical), ("transit", transit)] {
                members.append((name, try input.value(word).map(JSONValue.string)))
            }
            try await request.run(.registerPerson, members)
        }
    }
}

/// Registers enterprises.
struct EnterpriseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enterprise", abstract: "Register enterprises, and the keys with which they sign events.",
        subcommands: [Register.self, EnterpriseKeyCommand.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Register an enterprise.")

        @Option(help: "The unified social credit code, 18 characters (GB 32100).")
        var uscc: String?

        @Option(help: "The name in the enterprise's code, 1 to 96 bytes.")
        var name: String?

        @OptionGroup var request: RequestOptions

        func run() async throws {
            try await request.run(
                .registerEnterprise,
                [("uscc", uscc.map(JSONValue.string)), ("name", name.map(JSONValue.string))])
        }
    }
}

/// Registers objects and places.
struct ObjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "object", abstract: "Register objects and places, and show their histories.",
        subcommands: [Register.self, ObjectHistoryCommand.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Register an object or a place.")

        @Option(help: "object or place.")
        var kind: String?

        @Option(help: "The managing entity's unified social credit code.")
        var manager: String?

        @Option(help: "The category, by name or number.")
        var category: String?

        @OptionGroup var coordinates: CoordinateOptions

        @Option(help: "A name for the registry; no code contains it.")
        var name: String?

        @OptionGroup var request: RequestOptions

        func run() async throws {
            try await request.run(
                .registerObject,
                [
                    ("kind", kind.map(JSONValue.string)), ("manager", manager.map(JSONValue.string)),
                    ("category", category.map(JSONValue.string)), ("name", name.map(JSONValue.string)),
                ] + coordinates.members)
        }
    }
}
