import Encoding
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@testable import Issuing

/// What a daemon drops after the settings' retention, and what an auditor makes of it.
@Suite("Retention")
struct RetentionTests {
    private static let start = ActsInstallation.start
    private static let day: UInt64 = 86_400
    private let run: ActsInstallation

    init() throws { run = try ActsInstallation() }

    /// Two statements about old lines, and one about lines of 400 days later.
    private func filled() async throws -> (object: String, later: UInt64) {
        let object = try await run.object()
        _ = try await run.issueMany(4, of: object)
        try await run.keep(at: Self.start)
        _ = try await run.issueMany(3, of: object)
        try await run.keep(at: Self.start + 60)
        let later = Self.start + 402 * Self.day
        _ = try await run.issueMany(2, of: object, at: later)
        try await run.keep(at: later)
        return (object, later)
    }

    private func lines() throws -> [JSONValue] {
        try #require(try run.service.auditTrail(after: 0, limit: 10_000)["lines"]?.array)
    }

    @Test("of the trail ends at a stated line, and the rest is audited from there on")
    func trail() async throws {
        let (object, later) = try await filled()
        let before = try lines().count
        #expect(try await run.service.dropEnded(at: Self.start + 100 * Self.day) == false)
        #expect(try lines().count == before)
        _ = try await run.service.dropEnded(at: later)
        let page = try run.service.auditTrail(after: 0, limit: 10_000)
        let floor = try #require(page["droppedThrough"]?.integer)
        let left = try lines()
        #expect(floor > 0 && left.count < before + 1)
        #expect(left.first?["number"]?.integer.map { $0 > floor } == true)
        #expect(left.allSatisfy { $0["time"]?.integer.map { $0 >= Int64(later) } == true })
        _ = try await run.issue(object, at: later)
        try await run.keep(at: later + 60)
        let outcome = try await run.trailOutcome()
        #expect(outcome.report.code == "unanchored" && outcome.droppedThrough == UInt64(floor))
        // Nothing is left to drop, and no second line says so.
        _ = try await run.service.dropEnded(at: later + 3600)
        #expect(try lines().count { $0["action"]?.string == TrailDrop.action } == 1)
    }

    @Test("leaves no way to drop or change a line unseen")
    func tampering() async throws {
        let (object, later) = try await filled()
        _ = try await run.service.dropEnded(at: later)
        _ = try await run.issueMany(3, of: object, at: later)
        try await run.keep(at: later + 60)
        _ = try await run.issueMany(3, of: object, at: later)
        try await run.keep(at: later + 120)
        let dropLine = { (line: JSONValue) in line["action"]?.string == TrailDrop.action }
        let changes: [(String, (inout [JSONValue]) -> Void)] = [
            ("the first line dropped", { $0.removeFirst() }),
            ("the line about the drop dropped", { lines in lines.removeAll(where: dropLine) }),
            (
                "all lines up to the next statement dropped",
                { lines in
                    let place = lines.firstIndex(where: dropLine) ?? 0
                    lines.removeSubrange(...(place + 3))
                }
            ),
            ("a line changed", { $0[0] = $0[0].setting("uid", to: 5) }),
        ]
        for (name, change) in changes {
            let (report, _) = try await run.auditTrail(change)
            #expect(report.verdict == .tampered && report.code == "trail_mismatch", "\(name)")
        }
        #expect(try await run.trailOutcome().report.code == "unanchored")
    }

    @Test("of the trail waits for a statement that is published")
    func unpublished() async throws {
        let object = try await run.object()
        _ = try await run.issueMany(4, of: object)
        let later = Self.start + 402 * Self.day
        // The first pass publishes the list of issued codes, and the acts with it.
        try await run.keep(at: Self.start)
        _ = try await run.issueMany(4, of: object)
        // These lines are stated in the registry, and not yet in a checkpoint.
        try await run.service.keepActs(atMilliseconds: Self.start * 1000, chainsTrail: true)
        _ = try await run.service.dropEnded(at: later)
        let published = try #require(try run.service.auditTrail(after: 0, limit: 9)["droppedThrough"]?.integer)
        try await run.service.actsLog.publish()
        _ = try await run.service.dropEnded(at: later + 60)
        let all = try #require(try run.service.auditTrail(after: 0, limit: 9)["droppedThrough"]?.integer)
        #expect(0 < published && published < all)
    }

    @Test("of a person's code ends after its days, and its list is unknown then")
    func codes() async throws {
        let person = try await run.person()
        let device = try SigningKey.generate(.ed25519).verificationKey.pem()
        let deviceKey = JSONValue.string(String(decoding: device, as: UTF8.self))
        _ = try await run.issue(person, ["kind": "signed", "deviceKey": deviceKey])
        let object = try await run.object()
        _ = try await run.issue(object)
        let names = { try run.service.database.read { try $0.statusListNames() } }
        let dayList = "SH-person-\(Self.start / Self.day)"
        #expect(try names().contains(dayList))
        let kept = Self.start + (2 + run.service.settings.codeRetentionDays) * Self.day
        _ = try await run.service.dropEnded(at: kept - 2 * Self.day)
        #expect(try names().contains(dayList))
        _ = try await run.service.dropEnded(at: kept)
        #expect(try !names().contains(dayList) && names().contains("SH-object-lasting"))
        let history = try await run.service.ask(.codeHistory, ["subject": .string(person)], at: kept)
        #expect(history["codes"]?.array?.isEmpty == true)
    }
}
