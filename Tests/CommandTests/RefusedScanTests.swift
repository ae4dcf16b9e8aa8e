import Credential
import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A refused scan")
struct RefusedScanTests {
    private func run(_ gate: VerifyGate, _ scene: String, _ texts: [String], _ options: String = "") throws -> VerifyRun
    {
        let window = "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        return try VerifyRun(
            "--bundle \(gate.folder) --scene \(scene) --at \(VerifyGate.now) \(options) --text '\(window)'")
    }

    private func eventCount(_ gate: VerifyGate) -> Int {
        let spool = try? ProjectFiles.bytes("\(gate.folder)/state/events.spool")
        return spool?.split(separator: UInt8(ascii: "\n")).count ?? 0
    }

    @Test("records no event of a good object's code in it, and an accepted scan records one")
    func records() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let good = try gate.object()
        let revoked = try gate.object(index: VerifyGate.revokedIndex)
        let (person, other) = (try gate.shown(gate.person()), try gate.object(id: [UInt8](9...16)))
        for (beside, code) in [(revoked, "revoked"), (person, "wrong_form"), (other, "holder_mismatch")] {
            for texts in [[good, beside], [beside, good]] {
                let run = try run(gate, "object-inspection", texts, "--record")
                #expect(run.code == code && run.status == 1 && run.lines.first?["record"] == nil)
            }
        }
        #expect(eventCount(gate) == 0)
        // One code twice is one scan of one object.
        let accepted = try run(gate, "object-inspection", [good, good.lowercased()], "--record")
        #expect(accepted.code == "ok" && accepted.lines.first?["record"]?.string == "spooled")
        #expect(eventCount(gate) == 1)
    }

    @Test("does not use up a good showing in it, whichever code was refused, and why")
    func showings() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let good = try gate.shown(gate.person())
        #expect(try run(gate, "metro-gate", [good, gate.person()]).code == "presentation_missing")
        let transit = try gate.transit.code()
        #expect(try run(gate, "metro-gate", [transit]).code == "ok")
        // The same holder's card, shown before: the gate learns it only from the replay store.
        for texts in [[good, transit], [transit, good]] {
            #expect(try run(gate, "metro-gate", texts).code == "replayed")
        }
        #expect(try run(gate, "metro-gate", [good]).code == "ok")
        #expect(try run(gate, "metro-gate", [good]).code == "replayed")
    }

    @Test("never gives 0, the number with which a transit terminal opens")
    func terminalNumbers() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let transit = try gate.transit.code()
        let stranger = try gate.shown(gate.person(identifiers: [.transit: [UInt8](2...13)]))
        let mismatch = try run(gate, "metro-gate", [transit, stranger])
        #expect(mismatch.code == "holder_mismatch" && mismatch.lines.first?["terminalNumber"] == nil)
        #expect(try run(gate, "metro-gate", [transit]).lines.first?["terminalNumber"]?.integer == 0)
        let again = try run(gate, "metro-gate", [transit])
        #expect(again.code == "replayed" && again.lines.first?["terminalNumber"] == nil)
    }
}
