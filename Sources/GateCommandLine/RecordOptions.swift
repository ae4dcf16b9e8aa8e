import ArgumentParser
import CommandSupport
import Credential
import Gate
import Signing

/// The options of the event that records an accepted object code.
package struct RecordOptions: ParsableArguments {
    @Flag(help: "Record an event for each accepted object code: in the log with --socket, else in the spool.")
    package var record = false

    @Option(help: "The event's business step, a term of the Core Business Vocabulary.")
    var step = "inspecting"

    @Option(help: "The actor: a unified social credit code; the service itself by default.")
    var actor: String?

    @Option(help: "The place: EPCIS's read point.")
    var location: String?

    @Option(help: "The object's state, a disposition of the Core Business Vocabulary.")
    var disposition: String?

    @Option(help: "The file of events for `verify flush`, in place of events.spool in the gate's state folder.")
    var spool: String?

    package init() {}

    package func validate() throws {
        guard record || (actor ?? location ?? disposition ?? spool) == nil && step == "inspecting" else {
            throw ValidationError("--step, --actor, --location, --disposition and --spool belong to --record")
        }
        guard EventVocabulary.steps.contains(step) else {
            throw ValidationError(
                "--step must be a step of GS1 CBV 2.0: \(EventVocabulary.steps.sorted().joined(separator: ", "))")
        }
        guard disposition.map(EventVocabulary.dispositions.contains) != false else {
            let terms = EventVocabulary.dispositions.sorted().joined(separator: ", ")
            throw ValidationError("--disposition must be a disposition of GS1 CBV 2.0: \(terms)")
        }
        if let actor, (try? USCC(actor)) == nil {
            throw ValidationError("--actor must be a unified social credit code of 18 characters")
        }
        if let location, !(1...256).contains(location.utf8.count) {
            throw ValidationError("--location must be 1 to 256 bytes")
        }
    }

    /// The members of every event.
    var template: RecordedEvent.Template? {
        record ? .init(step: step, actor: actor, location: location, disposition: disposition) : nil
    }
}
