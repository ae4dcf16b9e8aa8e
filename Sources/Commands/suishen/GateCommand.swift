import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Issuing

/// Registers gates, and ends their supply of epoch keys.
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Register gates, and suspend or revoke them.",
        subcommands: [
            Register.self, GateListCommand.self, Show.self, Keys.self, Rekey.self, Suspend.self, Resume.self,
            Revoke.self,
        ])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a gate by the request that `verify enrol` printed.",
            discussion: """
                Compare the fingerprint in the answer with the one that the gate shows, and revoke the gate if they \
                differ.
                """)

        @Argument(help: "The request's file; - for stdin.")
        var request: String

        @Option(help: "A scene in which the gate decides; give it once for each.")
        var scene: [String] = []

        @Option(help: "A domain whose epoch keys the gate gets: medical or transit; give it once for each.")
        var domain: [String] = []

        @Option(help: "Where the gate stands, 1 to 96 bytes.")
        var site: String

        @OptionGroup var change: ChangeOptions

        func run() async throws {
            try await change.run(
                .registerGate,
                [
                    "request": try Self.read(request, from: "verify enrol"),
                    "scenes": .array(scene.map { .string($0) }),
                    "domains": .array(domain.map { .string($0) }), "site": .string(site),
                ])
        }

        /// Reads a gate's signed request, whose members the issuer checks.
        fileprivate static func read(_ path: String, from command: String) throws -> JSONValue {
            let bytes = try InputFile.read(path, byteCountMax: GateRequest.byteCountMax)
            guard let value = try? JSONValue.parse(bytes, byteCountMax: GateRequest.byteCountMax) else {
                throw CommandError(
                    code: "gate_request_invalid", reason: "\(path) is not JSON",
                    hint: "print the request again with `\(command)`, and copy it whole", status: .failure)
            }
            return value
        }
    }

    struct Rekey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal to a gate's next receiving key, by the request that `verify renew-key` printed.",
            discussion: "The gate's own key has signed the request, so it may come over any way.")

        @Argument(help: "The request's file; - for stdin.")
        var request: String

        @OptionGroup var change: ChangeOptions

        func run() async throws {
            try await change.run(.rekeyGate, ["request": try Register.read(request, from: "verify renew-key")])
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one gate, with its newest report.")

        @OptionGroup var gate: GateArgument
        @OptionGroup var inquiry: InquiryOptions

        func run() async throws { try await inquiry.run(.showGate, gate.body) }
    }

    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal the gate's epoch keys to it, for the days that a bundle of now would carry.",
            discussion: "Nobody but the gate can open the file: put it beside its bundle, as keys/GATE.")

        @Argument(help: "The gate's identifier, 32 hexadecimal digits.")
        var gate: String

        @Option(help: "The file for the sealed keys.")
        var out: String

        @OptionGroup var inquiry: InquiryOptions

        func run() async throws {
            do {
                let answer = try await inquiry.state.access().perform(.sealGateKeys, ["gate": .string(gate)])
                guard let bytes = answer["bytes"]?.string.flatMap({ try? Base64.decode($0) }) else {
                    throw CommandError(
                        code: "answer_no_keys", reason: "the answer has no sealed keys",
                        hint: "check that the socket belongs to suishend", status: .failure)
                }
                try OutputFile.write(bytes, to: out)
                inquiry.result.print(["gate": .string(gate), "path": answer["path"] ?? .null])
            } catch let error as OperationError {
                throw CommandError(error)
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a gate no epoch keys until it is resumed.")

        @OptionGroup var gate: GateArgument
        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.run(.suspendGate, gate.body) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a suspended gate epoch keys again.")

        @OptionGroup var gate: GateArgument
        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.run(.resumeGate, gate.body) }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Never give a gate epoch keys again, as after a theft; it cannot be undone.")

        @OptionGroup var gate: GateArgument
        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.run(.revokeGate, gate.body) }
    }
}

/// The gate that a command is about.
struct GateArgument: ParsableArguments {
    @Argument(help: "The gate's identifier, 32 hexadecimal digits.")
    var gate: String

    /// The request about the gate.
    var body: JSONObject { ["gate": .string(gate)] }
}
