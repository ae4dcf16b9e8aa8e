import Credential
import ForeignCodes

/// The object's event is on the gate's disk, if the gate records events.
struct EventRecorded: Proof {
    static let check = ScanCheck.event

    /// Records one event for all codes of one object.
    ///
    /// Throws `bundle_unreadable` if the event cannot be stored; then no code of the scan is accepted.
    init(_ codes: inout [AssessedCode], by recorder: EventRecorder?, of scene: Scene, at now: UInt64) throws(Refusal) {
        guard let recorder, let id = codes.lazy.compactMap(\.findings.object?.id).first else { return }
        do throws(SpoolError) {
            let isLogged = try recorder.record(id, isOnlineAllowed: scene.isOnlineAllowed, at: now)
            for index in codes.indices where codes[index].findings.object != nil {
                codes[index].findings.record = isLogged ? .logged : .spooled
            }
        } catch {
            let refusal = Refusal(.bundleUnreadable, error.reason, hint: error.hint, warning: error.code.rawValue)
            for index in codes.indices { codes[index].refuse(refusal) }
            throw refusal
        }
    }
}
