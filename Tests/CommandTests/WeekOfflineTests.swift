import Encoding
import Glibc
import TestSupport
import Testing

/// Fetches once, then decides day after day without a network (Gate.docc/Scenes.md).
@Suite("A gate without a network for a week")
struct WeekOfflineTests {
    private static let hour: UInt64 = 3_600
    private static let weekHours: UInt64 = 7 * 24

    /// A scene, the subject whose code is shown there, and the hours for which the last fetch lasts.
    enum Case: String, CaseIterable {
        case metro = "metro-gate"
        case bus
        case park
        case place = "place-checkin"
        case object = "object-inspection"
        case enterprise = "enterprise-inspection"

        /// Until when the gate decides: the scene's hot limit, which ends before its other two limits.
        ///
        /// A code that lives for two minutes has no place in a status list. Its gate decides while it has keys: until the
        /// end of the fourth day, since the fetch was at 14:13 UTC.
        var openHours: UInt64 {
            switch self {
            case .metro, .bus: 81
            case .park: 72
            case .place, .object, .enterprise: 168
            }
        }
    }

    @Test(
        "decides as long as its scene says, stays closed after that, and opens with the next fetch",
        arguments: Case.allCases)
    func week(_ scene: Case) throws {
        let fleet = try FleetGate()
        let subject =
            switch scene {
            case .metro, .bus, .park: fleet.person
            case .place: try fleet.issuer.place()
            case .object: try fleet.issuer.object()
            case .enterprise: try fleet.issuer.enterprise()
            }
        try fleet.enrol("gate")
        let fetched = FleetGate.start
        let kiosk = try KioskProcess(
            [
                "--bundle", fleet.bundle("gate"), "--state", fleet.state("gate"), "--scene", scene.rawValue,
                "--replay-store", fleet.state("gate") + "/kiosk-replay",
            ], clock: fleet.clock)
        for hours in Set([1, scene.openHours - 1, scene.openHours + 1, Self.weekHours + 1]).sorted() {
            let text = try code(scene, of: subject, at: fetched + hours * Self.hour, fleet)
            let run = try verdict(scene, text, fleet)
            #expect(try kiosk.scan(text) == run.code, "the kiosk decides as verify does")
            let isOpen = hours <= scene.openHours
            #expect(run.verdict == (isOpen ? "accept" : "undecided"), "\(hours) h: \(run.lines)")
            #expect(run.status == (isOpen ? 0 : 2))
        }
        let later = fetched + (Self.weekHours + 2) * Self.hour
        try fleet.clock.set(later)
        try fleet.publish(at: later)
        let sync = try fleet.sync("gate")
        #expect(sync.status == 0, "\(sync)")
        let text = try code(scene, of: subject, at: later + 1, fleet)
        #expect(try verdict(scene, text, fleet).verdict == "accept")
        var code: String?
        for _ in 0..<600 where code != "ok" {
            usleep(50_000)
            code = try kiosk.scan(text)
        }
        #expect(code == "ok", "the kiosk takes the next fetch up by itself")
    }

    /// Sets the clock, and issues a code.
    private func code(_ scene: Case, of subject: String, at time: UInt64, _ fleet: FleetGate) throws -> String {
        try fleet.clock.set(time)
        let kind = subject == fleet.person ? ["--kind", "timed"] : []
        let code = scene == .park ? ["--kind", "paper"] : kind
        return try fleet.issuer.answer(["issue", subject, "--at", "\(time)"] + code)["text"]?.string ?? ""
    }

    private func verdict(_ scene: Case, _ text: String, _ fleet: FleetGate) throws -> VerifyRun {
        try VerifyRun(
            "--bundle \(fleet.bundle("gate")) --state \(fleet.state("gate")) --scene \(scene.rawValue) --text '\(text)'",
            clock: fleet.clock)
    }
}
