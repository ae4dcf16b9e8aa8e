import Encoding
import Glibc
import TestSupport
import Testing

/// Moves histories from one installation to another through their EPCIS documents alone.
@Suite("An object's history as an EPCIS document")
struct EPCISCommandTests {
    private static let time: UInt64 = 1_700_000_000
    private let source: SuishenRun
    private let target: SuishenRun
    private let object: String
    private let copy: String

    init() throws {
        source = try SuishenRun(at: Self.time)
        target = try SuishenRun(at: Self.time)
        object = try source.object()
        copy = try target.object()
        // Another object's event between, so that indices differ from sequences and between the installations.
        let other = try source.place()
        for words in [
            [
                object, "--step", "installing", "--location", "一号楼", "--actor", SuishenRun.uscc, "--latitude",
                "31.230416", "--longitude", "-121.473701", "--field", "model=K-2",
            ],
            [other, "--step", "inspecting"],
            [object, "--step", "inspecting", "--disposition", "conformant"],
            [object, "--step", "repairing", "--corrects", "2"],
        ] {
            try source.answer(["event", "append"] + words + ["--at", "\(Self.time + 60)"])
        }
    }

    private func export(_ run: SuishenRun, _ object: String) throws -> String {
        let outcome = try run.run(["object", "history", object, "--epcis", "--at", "\(Self.time)"])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        return outcome.output
    }

    private func history(_ run: SuishenRun, _ object: String) throws -> [JSONValue] {
        try lines(run.run(["object", "history", object]).output)
    }

    private func lines(_ output: String) throws -> [JSONValue] {
        try output.split(separator: "\n").map { try JSONValue.parse($0.utf8, byteCountMax: 1 << 20) }
    }

    private func importing(_ document: String, _ words: [String] = []) throws -> Program.Outcome {
        try target.run(
            ["event", "import", "-", "--object", "\(object)=\(copy)"] + words, input: Array(document.utf8))
    }

    @Test("is imported for the right object after an import for a wrong one")
    func wrongObject() throws {
        let document = try export(source, object)
        let wrong = try target.place()
        let first = try target.run(
            ["event", "import", "-", "--object", "\(object)=\(wrong)"], input: Array(document.utf8))
        #expect(first.status == 0, "\(first)")
        for _ in 0..<2 {
            let second = try importing(document)
            #expect(second.status == 0, "\(second)")
            #expect(try history(target, copy).count == 3)
        }
    }

    @Test("prints no character that controls the terminal")
    func terminal() throws {
        let hostile = "\u{1B}[2J\u{202E}\u{9B}31m"
        try target.answer([
            "event", "append", copy, "--step", "inspecting", "--location", hostile, "--field", "a\(hostile)=\(hostile)",
            "--personal", "inspector=somebody",
        ])
        try target.answer(["event", "erase", copy, "0", "--reason", hostile])
        let shown = try Program("suishen").run(["object", "history", copy, "--state", target.folder("state")])
        #expect(shown.status == 0 && shown.output.contains("reason: "))
        let isHidden = shown.output.unicodeScalars.contains { scalar in
            scalar != "\n" && [.control, .format].contains(scalar.properties.generalCategory)
        }
        #expect(!isHidden)
    }

    @Test("is appended to an object with another identifier, in order, with its corrections, and only once")
    func importsOnce() throws {
        for step in ["commissioning", "installing"] {
            try target.answer(["event", "append", copy, "--step", step])
        }
        let document = try export(source, object)
        let first = try importing(document)
        #expect(first.status == 0 && first.diagnostics.isEmpty, "\(first.diagnostics)")
        #expect(try lines(first.output).map { $0["sequence"] } == [2, 3, 4])
        #expect(try importing(document).output == first.output)
        let there = try history(source, object)
        let here = try history(target, copy)
        #expect(here.count == 5 && there.count == 3)
        for name in [
            "eventTimeMilliseconds", "step", "disposition", "location", "actor", "latitude", "longitude", "reference",
            "fields",
        ] {
            #expect(here.dropFirst(2).map { $0[name] } == there.map { $0[name] }, "\(name)")
        }
        #expect(there.last?["corrects"] == 2 && there[1]["index"] == 2)
        #expect(here.last?["corrects"] == 3 && here[3]["index"] == 3)
        let key = try target.answer(["log", "key"])["key"]?.string ?? ""
        let audit = try Program("chain-verify").run(["audit", target.folder("state/log"), "--key", key, "--json"])
        #expect(audit.output.contains("\"code\":\"unanchored\"") && audit.output.contains("\"events\":5"))
    }

    @Test("stops at an event that the installation refuses, and continues there when it is imported again")
    func resumes() throws {
        let elsewhere = try source.object()
        try source.answer(["event", "append", elsewhere, "--step", "shipping"])
        func event(_ object: String) throws -> String {
            let parts = try export(source, object).split(separator: "\"eventList\":[", omittingEmptySubsequences: false)
            return String(try #require(parts.last).dropLast("]}}\n".count))
        }
        let parts = try export(source, object).split(separator: "\"eventList\":[", omittingEmptySubsequences: false)
        let events = [try event(object), try event(elsewhere)].joined(separator: ",")
        let document = "\(parts[0])\"eventList\":[\(events)]}}"
        let stopped = try importing(document)
        #expect(stopped.status == 1 && stopped.diagnostics.contains("[import_stopped]"))
        #expect(try lines(stopped.output).map { $0["error"]?["code"] } == [nil, nil, nil, "subject_unknown"])
        let resumed = try importing(document, ["--object", "\(elsewhere)=\(target.object())"])
        #expect(resumed.status == 0 && resumed.output.split(separator: "\n").count == 4)
        #expect(resumed.output.split(separator: "\n").prefix(3) == stopped.output.split(separator: "\n").prefix(3))
        #expect(try history(target, copy).count == 3)
    }

    @Test("equals chain-verify's export from the log")
    func sameAsProved() throws {
        let proved = try Program("chain-verify").run([
            "object", object, source.folder("state/log"), "--epcis", "--at", "\(Self.time)",
        ])
        #expect(try export(source, object) == proved.output)
        #expect(proved.output.contains("\"corrects\"") || proved.output.contains(":corrects\""))
    }

    @Test("is the same through a running daemon as without one")
    func throughDaemon() throws {
        let document = try export(source, object)
        let socket = target.folder("state/run/suishend.sock")
        let daemon = try RunningProgram("suishend", ["--state", target.folder("state")])
        try RunningProgram.waitForSocket(socket)
        let first = try importing(document)
        #expect(try lines(first.output).map { $0["index"] } == [0, 1, 2], "\(first.diagnostics)")
        let served = try target.run(["object", "history", copy, "--epcis"])
        #expect(served.status == 0 && served.output.contains("\"EPCISDocument\""), "\(served.diagnostics)")
        daemon.end(SIGTERM)
        #expect(try importing(document).output == first.output)
    }

    @Test("is refused as a whole, with code and hint, when the log cannot hold a part of it")
    func refusals() throws {
        func event(_ step: String) -> String {
            "{\"type\":\"ObjectEvent\",\"eventTime\":\"2026-01-02T03:04:05.000Z\",\"eventTimeZoneOffset\":\"+08:00\","
                + "\"epcList\":[\"urn:epc:id:sgtin:4012345.011111.9876\"],\"action\":\"OBSERVE\",\"bizStep\":\(step)}"
        }
        func document(_ step: String, _ tail: String = "") -> [UInt8] {
            let context =
                "[\"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\","
                + "{\"suishen\":\"https://suishen.example/ns/trace#\"}]"
            let events = [event("\"installing\""), event(step)].joined(separator: ",")
            return Array(
                ("{\"@context\":\(context),\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\","
                    + "\"epcisBody\":{\"eventList\":[\(events)]}}" + tail).utf8)
        }
        let words = ["event", "import", "-", "--object", "urn:epc:id:sgtin:4012345.011111.9876=\(copy)"]
        for (step, tail, code) in [
            ("\"dancing\"", "", "unknown_term"), ("\"inspecting\",\"suishen:corrects\":7", "", "correction_unknown"),
            ("\"inspecting\",\"bizStep\":\"shipping\"", "", "request_malformed"),
            ("\"inspecting\",\"quantityList\":[]", "", "unknown_term"),
            ("\"inspecting\",\"suishen:commitments\":[\"00\"]", "", "malformed_event"),
            ("\"inspecting\"", "}", "request_malformed"),
        ] {
            #expect(try target.isRefused(words, code: code, input: document(step, tail)), "\(step)")
        }
        #expect(try history(target, copy).isEmpty)
        #expect(try target.run(words, input: document("\"inspecting\"")).status == 0)
    }

    @Test("is refused when it is missing or too large, or when an identifier maps to no object")
    func badInputs() throws {
        #expect(try target.isRefused(["event", "import", target.folder("nothing")], code: "input_unreadable"))
        let large = target.folder("large")
        try target.folder.write([], to: "large")
        #expect(unsafe truncate(large, (64 << 20) + 1) == 0)
        #expect(try target.isRefused(["event", "import", large], code: "input_too_large"))
        #expect(try target.run(["event", "import", "-", "--object", "urn:a"]).status == 64)
        #expect(try target.run(["event", "import", "-", "--object", "urn:a=\(copy)zz"]).status == 64)
        let unmapped = try target.run(["event", "import", "-"], input: Array(export(source, object).utf8))
        #expect(unmapped.status == 1 && unmapped.output.contains("subject_unknown"))
    }
}
