import Encoding
import Foundation
import TestSupport
import Testing

/// Uses an installation whose registry has neither a log of acts nor keys of single fields.
@Suite("The state of the version before the log of acts")
struct StateBeforeActsTests {
    private let earlier: EarlierInstallation
    private let object: String
    private let person: String

    init() throws {
        earlier = try EarlierInstallation("before-acts")
        let trail = try earlier.lines("trail.jsonl")
        func subject(_ action: String) throws -> String {
            try #require(trail.first { $0["action"]?.string == action }?["subject"]?.string, "\(action)")
        }
        object = try subject("object.register")
        person = try subject("person.register")
    }

    @Test("keeps every row and the trail, and gets the tables of acts, of recovery and of field keys")
    func kept() throws {
        let before = try earlier.rows()
        #expect(try earlier.keepsTrail())
        let after = try earlier.rows()
        #expect(EarlierInstallation.lostRows(before, after) == [])
        for step in ["acts 1", "recovery 1", "erasure 1", "rates 1", "acts 2"] {
            let row = "grdb_migrations ('\(step)',)"
            #expect(!before.contains(row) && after.contains(row), "\(step)")
        }
    }

    @Test("still opens the personal fields of events and reasons of revocations, now under keys of their own")
    func openings() throws {
        let openings = try earlier.lines("openings.jsonl")
        #expect(openings.count == 2)
        #expect(try earlier.suishen(["log", "openings"]) == openings)
        let codes = try earlier.suishen(["codes", person])
        #expect(codes.contains { $0.encoded().contains("lost in a park") })
        _ = try earlier.suishen(["event", "erase", object, "0", "--reason", "asked"])
        #expect(try earlier.suishen(["log", "openings"]).map { $0["value"] } == ["李四"])
    }

    @Test("records new codes and revocations for the log of acts, and issues for its open offer")
    func goesOn() throws {
        let code = try #require(try earlier.suishen(["issue", person, "--kind", "paper"]).first?["cti"]?.string)
        #expect(try earlier.suishen(["revoke", code]).first?["revoked"] == 1)
        #expect(try earlier.suishen(["revoke", person]).first?["revoked"] == 1)
        let lines = try earlier.suishen(["log", "openings", "--log", "acts"])
        #expect(lines.count { $0["name"] == "revocation" } == 2)
    }
}
