import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Issuing
import Signing

/// Writes the files that a web server hands out to gates.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Write the files that a web server hands out to all gates.",
        discussion: """
            The folder gets bundle.cbor, roots.cbor, root.pem, status/NAME.cwt, status/hot, and for each active gate \
            with a domain keys/GATE, which that gate alone can open. Only what has changed is replaced, each file in \
            one step; full lists are made anew hourly, and sealed keys daily. While a daemon runs it \
            alone publishes: set `publish: DIR` in suishend.yaml. The answer's rootDigest is for the gates' option --root.
            """)

    @Option(help: "The folder; made when it does not exist.")
    var out: String

    @OptionGroup var state: StateOptions
    @OptionGroup var result: ResultOptions

    func run() async throws {
        do {
            guard case .direct(let service, let caller) = try state.access() else {
                throw CommandError(
                    code: "daemon_publishes", reason: "a daemon runs on this installation, and it alone publishes",
                    hint: "set `publish: DIR` in suishend.yaml and start the daemon again, or stop the daemon")
            }
            let publication = try await service.publish(to: out, by: caller())
            let keys = try await service.publishKeys(to: out, by: caller())
            try await service.advanceBeat()
            await service.giveUpLease()
            result.print([
                "out": .string(out), "version": .integer(Int64(clamping: publication.version)),
                "written": .array(publication.written.map { .string($0) }),
                "removed": .array(publication.removed.map { .string($0) }),
                "hot": .integer(Int64(publication.hotCount)),
                "keys": ["written": .integer(Int64(keys.writtenCount)), "removed": .integer(Int64(keys.removedCount))],
                "rootDigest": .string(Hex.encode(RootSource.digest(of: service.keys.root))),
            ])
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
