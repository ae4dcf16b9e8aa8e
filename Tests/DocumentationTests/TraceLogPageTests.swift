import LogForge
import Testing

@testable import TraceLog

@Suite("The pages of the log")
struct TraceLogPageTests {
    @Test("have every finding, causes before what follows from them")
    func findings() throws {
        let codes = try Page("TraceLog.docc/Auditing.md").firstCells("Findings")
        #expect(codes == AuditFinding.Code.allCases.map(\.rawValue))
    }

    @Test("have every standing of a cosignature, and the limits by which it counts")
    func cosignatures() throws {
        let page = try Page("TraceLog.docc/Auditing.md")
        #expect(try page.firstCells("Cosignatures in a report") == Cosignature.Standing.allCases.map(\.rawValue))
        #expect(CosignaturePeriod.aheadSecondsMax == 60 && CosignaturePeriod.defaultSeconds == 86_400)
        #expect(WitnessPolicyReader.itemCountMax == 100, "as Auditing.md says")
    }

    @Test("have each verdict with its exit status")
    func verdicts() throws {
        let rows = try Page("TraceLog.docc/Auditing.md").pairs("The report")
        let expected = [AuditReport.Verdict.intact: "0", .tampered: "1", .undecided: "2"]
        #expect(rows == Dictionary(uniqueKeysWithValues: expected.map { ($0.key.rawValue, $0.value) }))
    }

    @Test("have every way to tamper under who could do it, and those that leave a log in agreement with itself")
    func tampering() throws {
        let page = try Page("TraceLog.docc/Auditing.md")
        let rows = try page.pairs("What tampering is tried")
        for (name, attacker) in [("anyone", Tampering.Attacker.anyone), ("key holder", .keyHolder)] {
            let listed = Set((rows[name] ?? "").split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init))
            #expect(listed == Set(Tampering.allCases.filter { $0.attacker == attacker }.map(\.rawValue)))
        }
        let named = try page.names("What tampering is tried")
        for way in Tampering.allCases where way.agreesWithItself { #expect(named.contains(way.rawValue)) }
    }

    @Test("have the limits of entries, notes and documents")
    func limits() throws {
        let expected: [String: Int] = [
            "bytes of an entry": Entry.byteCountMax,
            "nesting of an entry": Entry.depthMax,
            "commitments of an entry": Entry.commitmentCountMax,
            "bytes of a text in an event": EventLimits.textByteCountMax,
            "items of a list in an event": EventLimits.itemCountMax,
            "bytes of a personal field's name": Opening.nameByteCountMax,
            "bytes of a personal field's value": Opening.valueByteCountMax,
            "entries of a signed batch": Int(ActorSignature.batchCountMax),
            "bytes of a signed note": SignedNote.byteCountMax,
            "signatures of a note": SignedNote.signatureCountMax,
            "bytes of an EPCIS document": EPCISImport.byteCountMax,
            "events of an EPCIS document": EPCISImport.eventCountMax,
        ]
        #expect(try Page("TraceLog.docc/TraceLog.md").numbers("Limits") == expected)
        #expect(LogTail.entryCountMax == 262_144 && AuditReport.findingCountMax == 1000, "as Auditing.md says")
    }

    @Test("have the vocabulary's terms and no other")
    func terms() throws {
        let page = try Page("TraceLog.docc/TraceLog.md")
        let steps = try page.names("Business steps").subtracting(["unknown_term"])
        #expect(steps == Set(BusinessStep.allCases.map(\.rawValue)))
        #expect(try page.names("Dispositions") == Set(Disposition.allCases.map(\.rawValue)))
    }

    @Test("have every field of an entry, and every kind of event")
    func structure() throws {
        let page = try Page("TraceLog.docc/TraceLog.md")
        // Version and the two parts of the link to the entry before: one row has both, none has the version.
        #expect(try page.firstCells("Entry").count == Entry.fieldCount - 2)
        let kinds = try page.firstCells("Events").compactMap { UInt64($0) }
        #expect(kinds.allSatisfy { LogEvent.Kind(rawValue: $0) != nil } && kinds == [0, 1, 2, 3, 4])
        #expect(LogEvent.Kind(rawValue: 5) == nil)
    }

    @Test("have every act, its fields and its stream")
    func acts() throws {
        let rows = try Page("TraceLog.docc/Acts.md").table("Acts")
        let listed = rows.map { row in
            ["term", "fields", "stream"].map { (row[$0] ?? "").replacing("`", with: "") }
        }
        let expected = ActTerm.allCases.map { term in
            let stream = String(decoding: term.stream.bytes, as: UTF8.self)
            return [term.rawValue, term.fieldNames.joined(separator: ", "), stream]
        }
        #expect(Set(listed) == Set(expected) && listed.count == expected.count)
        #expect(IssuedStatement.neighbourCountMin == 1000 && IssuedLeaf.byteCount == 34, "as Acts.md says")
    }

    @Test("have every error's code")
    func errors() throws {
        let named = try Page("TraceLog.docc/TraceLog.md").names("Error codes")
        #expect(named == Set(TraceLogError.Code.allCases.map(\.rawValue)))
    }
}
