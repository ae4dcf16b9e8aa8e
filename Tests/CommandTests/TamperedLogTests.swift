import Encoding
import LogForge
import Signing
import Testing
import TraceLog

/// Runs the table of TraceLog.docc/Auditing.md#What-tampering-is-tried through the built command.
///
/// `tools/tamper all` does the same on 10,000 events.
@Suite("chain-verify, on a tampered copy of a log,")
struct TamperedLogTests {
    private static let honest = Result {
        let place = try AuditedLog()
        var script = LogScript()
        for number in 0..<1_500 {
            try script.append(LogScript.object(number * 7 % 50), LogScript.inspection(number))
            if number % 400 == 399 { try script.appendHeads() }
        }
        let log = try ForgedLog(entries: script.entries, key: place.logKey)
        try place.write(log, to: "honest")
        let tamperer = try Tamperer(source: log, key: place.logKey)
        return (place: place, log: log, anchor: try place.anchor(log), tamperer: tamperer)
    }

    @Test("finds the honest log intact with an anchor, and undecided without one")
    func intact() throws {
        let (place, _, anchor, _) = try Self.honest.get()
        let anchored = try place.audit("honest", ["--anchor", anchor])
        #expect(anchored.status == 0 && anchored.report["verdict"]?.string == "intact" && anchored.code == "ok")
        #expect(anchored.report["events"]?.integer == 1_500 && anchored.report["objects"]?.integer == 50)
        let alone = try place.audit("honest", [])
        #expect(alone.status == 2 && alone.code == "unanchored")
    }

    @Test("names the tampering, its first index, and its object", arguments: Tampering.allCases)
    func finds(way: Tampering) throws {
        let (place, log, anchor, tamperer) = try Self.honest.get()
        let tampered = try tamperer.tampered(way)
        var base = log
        if tampered.isWhole { base.files = [:] }
        try place.write(base, tampered.changes, to: way.rawValue)
        let openings = way.needsOpenings ? ["--openings", try place.emptyFile()] : []
        let answer = try place.audit(way.rawValue, ["--anchor", anchor] + openings)
        let expected = tampered.expected
        #expect(answer.status == 1 && answer.report["verdict"]?.string == "tampered")
        #expect(answer.code == expected.code && answer.first?["code"]?.string == expected.code)
        #expect(answer.first?["index"] == expected.index.map { .integer(Int64($0)) } ?? .null)
        #expect(answer.first?["object"] == expected.object.map { .string(Hex.encode($0)) } ?? .null)
        #expect(answer.first?["detail"]?.string?.isEmpty == false)
        let alone = try place.audit(way.rawValue, openings)
        #expect(alone.status == (way.agreesWithItself ? 2 : 1))
        guard let hidden = tampered.hidden else { return }
        let object = try place.object(hidden, way.rawValue, ["--anchor", anchor])
        #expect(object.status == 1 || object.status == 2 && object.code == "heads_unaudited", "\(object)")
        #expect(try place.object(hidden, way.rawValue, ["--anchor", anchor, "--whole-log"]).status == 1)
    }

    @Test("leaves an object undecided while its heads entry may hide an event, whatever an earlier audit has checked")
    func hidden() throws {
        let (place, log, anchor, tamperer) = try Self.honest.get()
        let tampered = try tamperer.tampered(.hideEarlier)
        let object = try #require(tampered.hidden)
        var empty = log
        empty.files = [:]
        try place.write(empty, tampered.changes, to: "hides")
        // Nothing that the object's audit reads shows the hidden event.
        let alone = try place.object(object, "hides", ["--anchor", anchor])
        #expect(alone.status == 2 && alone.code == "heads_unaudited" && alone.report["verdict"] == "undecided")
        #expect(alone.first?["index"] == alone.report["completeness"]?["headsIndex"])
        let state = ["--state", place.path("state")]
        // Neither a state without an audit nor an audit of the tiles alone checks a heads entry.
        for _ in 0..<2 { #expect(try place.object(object, "honest", state).status == 2) }
        #expect(try place.audit("honest", state + ["--tiles-only"]).status == 0)
        #expect(try place.object(object, "honest", state).code == "heads_unaudited")
        #expect(try place.audit("honest", state).status == 0)
        #expect(try place.object(object, "honest", state).status == 0)
        // The lying heads entry is newer than that audit; the audit that meets it does not remember it.
        #expect(try place.object(object, "hides", state).code == "heads_unaudited")
        #expect(try place.audit("hides", state).code == "heads_mismatch")
        #expect(try place.object(object, "hides", state).code == "heads_unaudited")
        #expect(try place.object(object, "hides", state + ["--whole-log"]).code == "heads_mismatch")
        let plain = try place.verify(
            ["object", Hex.encode(object.bytes), place.path("hides"), "--key", place.vkey()] + state)
        #expect(plain.status == 2 && plain.output.hasPrefix("undecided: heads_unaudited\n"))
    }
}
