import ArgumentParser
import CommandSupport
import HTTPServing
import NIOCore
import Platform
import Signing
import TraceLog

/// The server that `chain-verify witness --serve` starts: a program of its own, so that audits load no server.
@main
struct WitnessServeCommand: AsyncParsableCommand {
    static let name = "suishen-witness"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Cosign the checkpoints that logs send.",
        discussion: """
            `chain-verify witness --serve` starts this server with its options. It answers `POST /add-checkpoint` as C2SP \
            tlog-witness has it, on this machine alone; nginx faces the network. The line `suishen-witness: ready \
            on ADDRESS` says that it serves. On SIGTERM it answers the requests in progress, then stops.
            """,
        version: Release.version)

    @Option(help: "The address to listen on, of this machine alone: 127.0.0.1:PORT.")
    var serve: String

    @Option(help: "The folder with the newest cosigned checkpoint of each log.")
    var stateDir: String

    @Option(help: "The witness's private key, Ed25519, PEM.")
    var key: String

    @Option(help: "The file of known logs: a C2SP tlog-list, or one verifier key a line.")
    var logs: String

    @Option(name: .customLong("name"), help: "The witness's name in its cosignatures.")
    var witnessName = "witness"

    @Flag(help: "Make the state of each log that has none, then end; only for logs that were never cosigned.")
    var begin = false

    static func main() async {
        await CommandMain.run(self, hasVerdict: true)
    }

    func run() async throws {
        let listed = try InputFile.read(logs, byteCountMax: LogList.byteCountMax)
        let known: [WitnessedLog]
        do throws(TraceLogError) {
            known = try LogList.read(listed)
        } catch {
            throw CommandError(undecided: error, in: logs)
        }
        let signer: WitnessSigner
        do {
            signer = try WitnessSigner(name: witnessName, key: SigningKey(contentsOf: key))
        } catch let error as SigningError {
            throw CommandError(undecided: error)
        }
        let folder = try WitnessFolder(stateDir)
        guard !begin else {
            let count = try folder.begin(known)
            StandardStream.output.write("begun \(count) of \(known.count) logs in \(stateDir)\n")
            return
        }
        let responder = try WitnessResponder(signer: signer, logs: folder.open(known, signer: signer))
        // Begins before the socket exists, so that every connection is answered even if the signal comes at once.
        let stop = StopSignals.stream()
        OpenFileLimit.raise()
        let socket = try LoopbackSocket(serve)
        let server = ConnectionServer(
            on: socket, limits: WitnessResponder.limits,
            identify: { channel, _ in channel.eventLoop.makeSucceededFuture(.anybody) },
            respond: { request, writer, _, closeAfterAnswer in
                try await responder.respond(to: request, writer, closeAfterAnswer: closeAfterAnswer)
            })
        StandardStream.output.write("\(Self.name): ready on \(socket.text)\n")
        try await server.run(until: stop)
        withExtendedLifetime(folder) {}
    }
}
