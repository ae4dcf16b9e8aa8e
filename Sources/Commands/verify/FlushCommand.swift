import ArgumentParser
import CommandSupport
import Encoding
import Gate
import GateCommandLine
import Platform

/// Sends the events that a gate recorded while it could not reach the daemon.
struct FlushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush", abstract: "Sends recorded events to the issuer's daemon.",
        discussion: """
            Sends every event, oldest first, until the daemon answers it. Each event keeps its idempotency key, so an \
            event that is sent twice is appended once. An altered spool is refused, and none of its events are sent. \
            Events that the daemon will never take (an unknown object, an unknown step) are moved to the file \
            SPOOL.refused. Exits 0 when all events are in the log, 1 when some were refused, 2 when some still wait.
            """)

    @Option(help: "The bundle's folder; the spool is state/events.spool in it.")
    var bundle: String?

    @Option(help: "The gate's state folder, as given to the gate.")
    var state: String?

    @Option(help: "The spool, as given to the gate.")
    var spool: String?

    @Option(help: "The issuer's daemon.", transform: SocketPath.parse)
    var socket: String

    @Flag(help: "One JSON object a line; this is always the output.")
    var json = false

    func validate() throws {
        guard spool != nil || state != nil || bundle != nil else {
            throw ValidationError("name the spool by --bundle, --state or --spool")
        }
    }

    func run() throws {
        let folder = state ?? bundle.map { "\($0)/\(GateDirectory.stateFolder)" } ?? "."
        let path = spool ?? "\(folder)/\(GateSettings.spoolName)"
        do {
            let report = try EventSender(endpoint: .socket(path: socket)).send(EventSpool(path: path))
            let result: JSONValue = [
                "sent": .integer(Int64(report.sentCount)), "refused": .integer(Int64(report.refusals.count)),
                "waiting": .integer(Int64(report.waitingCount)),
            ]
            StandardStream.output.write(result.encoded() + "\n")
            if let failure = report.failure {
                throw CommandError(
                    code: "daemon_unreachable", reason: failure,
                    hint: "the events stay in \(path); flush again when the daemon answers")
            }
            guard report.refusals.isEmpty else {
                throw CommandError(
                    code: report.refusals[0], reason: "the daemon refused \(report.refusals.count) of the events",
                    hint: "see \(path).refused", status: .failure)
            }
        } catch let error as SpoolError {
            throw CommandError(undecided: error)
        }
    }
}
