import ArgumentParser
import CommandSupport
import Credential
import Gate
import Signing

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
        guard EventVocabulary.steps.contains(step) else {
            throw ValidationError(
                "--step is no business step of GS1 CBV 2.0: \(EventVocabulary.steps.sorted().joined(separator: ", "))")
        }
        guard disposition.map(EventVocabulary.dispositions.contains) != false else {
            let terms = EventVocabulary.dispositions.sorted().joined(separator: ", ")
            throw ValidationError("--disposition is no disposition of GS1 CBV 2.0: \(terms)")
        }
        if let actor, (try? USCC(actor)) == nil {
            throw ValidationError("--actor is no unified social credit code of 18 characters")
        }
        if let location, !(1...256).contains(location.utf8.count) {
            throw ValidationError("--location is 1 to 256 bytes")
        }
    }

    /// What every event says.
    var template: RecordedEvent.Template? {
        record ? .init(step: step, actor: actor, location: location, disposition: disposition) : nil
    }
}
