import ArgumentParser
import CommandSupport
import Credential
import Signing
import Verification

/// What is left behind after an accepted object code.
struct RecordOptions: ParsableArguments {
    @Flag(help: "Leave an event after each accepted object code: with --socket in the log, else in the spool.")
    var record = false

    @Option(help: "The event's business step, a term of the Core Business Vocabulary.")
    var step = "inspecting"

    @Option(help: "Who acts: a unified social credit code; without one the event is the service's own word.")
    var actor: String?

    @Option(help: "Where: the read point, as EPCIS has it.")
    var location: String?

    @Option(help: "What state the object is in, a disposition of the Core Business Vocabulary.")
    var disposition: String?

    @Option(help: "Where events wait for `verify flush`, in place of events.spool where the gate remembers.")
    var spool: String?

    func validate() throws {
        guard record || (actor ?? location ?? disposition ?? spool) == nil && step == "inspecting" else {
            throw ValidationError("--step, --actor, --location, --disposition and --spool belong to --record")
        }
        let terms = [step] + (disposition.map { [$0] } ?? [])
        guard terms.allSatisfy({ (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isTermByte) }) else {
            throw ValidationError("--step and --disposition are terms in lower case, like inspecting or in_progress")
        }
        if let actor, (try? USCC(actor)) == nil {
            throw ValidationError("--actor is no unified social credit code of 18 characters")
        }
        if let location, !(1...256).contains(location.utf8.count) {
            throw ValidationError("--location is 1 to 256 bytes")
        }
    }

    private static func isTermByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    /// What every event says.
    var template: RecordedEvent.Template? {
        record ? .init(step: step, actor: actor, location: location, disposition: disposition) : nil
    }
}
