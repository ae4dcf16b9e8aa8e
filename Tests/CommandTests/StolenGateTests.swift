import Credential
import Encoding
import Gate
import Glibc
import TestSupport
import Testing

@Suite("A gate whose keys come with the published tree")
struct StolenGateTests {
    private static let start = FleetGate.start
    private static let day = FleetGate.day
    private static let epochKeyDays: UInt64 = 4

    @Test("opens nothing from epochKeyDays after it was revoked, with its disk and every published file in hand")
    func stolen() throws {
        let fleet = try FleetGate()
        for name in ["stolen", "kept"] { try fleet.enrol(name) }
        // A change of the key before the theft does not help the thief either.
        try fleet.issuer.answer(["gate", "rekey", try fleet.renewed("stolen")])
        try fleet.publish(at: Self.start + 1)
        try #require(fleet.sync("stolen").result?["keys"] == "taken")
        var archive = try ["stolen", "kept"].map { try ProjectFiles.bytes(fleet.published($0)) }
        let thief = try fleet.keys("stolen")
        try fleet.issuer.answer(["gate", "revoke", thief.gate.text, "--at", "\(Self.start)"])
        for day in 0...Self.epochKeyDays + 1 {
            let time = Self.start + day * Self.day + 2
            try fleet.clock.set(time)
            try fleet.publish(at: time)
            #expect(try !ProjectFiles.exists(fleet.published("stolen")))
            archive.append(try ProjectFiles.bytes(fleet.published("kept")))
            let (stolen, kept) = (try fleet.sync("stolen"), try fleet.sync("kept"))
            #expect(stolen.result?["keys"] == "missing" && stolen.status == 0, "\(stolen)")
            #expect(stolen.diagnostics.contains("[keys_missing]") && kept.diagnostics.isEmpty)
            #expect(try fleet.code("kept", at: time) == "ok", "day \(day)")
            #expect(try (fleet.code("stolen", at: time) == "ok") == (day < Self.epochKeyDays), "day \(day)")
        }
        // Whatever the thief opens is of the days that the gate had when it was revoked.
        let opened = archive.compactMap { bytes in
            (try? SealedEpochKeys.published(bytes).keys).flatMap { try? $0.opened(by: thief) }
        }
        let days = opened.flatMap(\.entries).map(\.day)
        #expect(opened.count == 1 && days.max() == Self.start / Self.day + Self.epochKeyDays - 1)
    }

    @Test("gets no other gate's file, and refuses one that the server puts in its own file's place")
    func exchanged() throws {
        let fleet = try FleetGate()
        for name in ["a", "b"] { try fleet.enrol(name) }
        _ = try fleet.server.answers()
        #expect(try fleet.sync("a").status == 0)
        let asked = try fleet.server.answers().filter { $0.contains("/keys/") }
        #expect(asked == ["304 /gates/\(SealedEpochKeys.path(of: try fleet.keys("a").gate))"])
        let old = try ProjectFiles.bytes(fleet.published("a"))
        try fleet.publish(at: Self.start + Self.day)
        try fleet.clock.set(Self.start + Self.day)
        #expect(try fleet.sync("a").result?["keys"] == "taken")
        for (bytes, code) in [(try ProjectFiles.bytes(fleet.published("b")), "keys_foreign"), (old, "keys_rollback")] {
            let path = try fleet.published("a")
            unsafe unlink(path)
            try fleet.server.tree.write(bytes, to: "gates/\(SealedEpochKeys.path(of: try fleet.keys("a").gate))")
            let outcome = try fleet.sync("a")
            #expect(outcome.status == 1 && outcome.errorCode == code, "\(outcome)")
            #expect(try fleet.code("a", at: Self.start + Self.day) == "ok")
        }
    }
}
