import Encoding
import Gate
import Glibc
import Platform
import Signing
import TestSupport
import Testing
import TraceLog

@Suite("A gate's receipts")
struct ReceiptsAtGateTests {
    private static let start = SettledCity.start
    private let city: SettledCity

    init() throws {
        city = try SettledCity(suite: "es256")
        try city.enrol("a")
    }

    private func counts(at time: UInt64 = SettledCity.dayEnd) throws -> [JSONValue?] {
        try VerifyRun(city.receiptsRun("a", ["show"], at: time)).lines.map { $0["count"] }
    }

    private func isRefused(_ words: [String], _ code: String, at time: UInt64 = SettledCity.dayEnd) throws -> Bool {
        let outcome = try city.receiptsRun("a", words, at: time)
        let holds = outcome.status == 2 && outcome.output.isEmpty && outcome.diagnostics.contains("[\(code)]")
        if !holds { print(words, outcome) }
        return holds
    }

    @Test("close once: the same bytes again, and no leaf afterwards")
    func closed() throws {
        _ = try city.scan("a", city.showings(2, from: Self.start), at: Self.start + 1)
        #expect(try isRefused(city.closeWords("a"), "day_open", at: SettledCity.dayEnd - 1))
        let first = try ProjectFiles.bytes(city.close("a"))
        #expect(try ProjectFiles.bytes(city.close("a")) == first)
        let run = try city.scan("a", [city.shown(Self.start + 9)], at: Self.start + 9)
        #expect(run.code == "ok" && run.lines[0]["warnings"]?.array?.contains("receipt_failed") == true)
        #expect(try counts() == [2])
        #expect(try ProjectFiles.bytes(city.close("a")) == first)
    }

    @Test("are made before a camera too: one for an accepted code, however long it stays in view")
    func frames() throws {
        var film = Film()
        try film.show([], frameCount: 2)
        try film.show([city.shown(Self.start)], frameCount: 6)
        try film.show([], frameCount: 2)
        let words = city.scanWords("a", at: Self.start + 1) + ["--frames", Film.size]
        let run = try VerifyRun(Program("verify").run(words, input: film.bytes))
        #expect(run.status == 0 && run.lines.map { $0["code"] } == ["ok"], "\(run.lines)")
        #expect(run.lines.first?["warnings"]?.array?.contains("receipt_failed") == false)
        #expect(try counts() == [1])
        let key = try city.keys("a").signing.verificationKey
        let record = try ClosedDay(ProjectFiles.bytes(city.close("a"))) { _ in key }
        #expect(record.count == 1 && record.paperCount == 0 && record.timedCount == 0)
    }

    @Test("that cannot be kept leave a warning in the accept and the reason on stderr, and keep nobody out")
    func unkept() throws {
        #expect(try counts() == [])
        #expect(unsafe mkdir("\(city.receipts("a"))/\(SettledCity.day.text).receipts", 0o700) == 0)
        let input = Array(try city.showings(3, from: Self.start).map { $0 + "\n" }.joined().utf8)
        let outcome = try Program("verify").run(city.scanWords("a", at: Self.start + 2) + ["--stream"], input: input)
        let run = try VerifyRun(outcome)
        #expect(run.status == 0 && run.lines.count == 3)
        for line in run.lines {
            #expect(line["code"] == "ok" && line["warnings"]?.array?.contains("receipt_failed") == true, "\(line)")
        }
        #expect(outcome.diagnostics.contains("[receipts_unreadable]"), "\(outcome.diagnostics)")
    }

    @Test("need an enrolled gate and a bundle with a settlement key; an older bundle goes on without receipts")
    func unavailable() throws {
        let code = try city.shown(Self.start)
        var words = city.scanWords("b", at: Self.start) + ["--text", code]
        let stranger = try Program("verify").run(words)
        #expect(stranger.status == 2 && stranger.diagnostics.contains("[receipts_unavailable]"), "\(stranger)")
        unsafe unlink(city.issuer.folder("state/keys/settlement.key"))
        let export = ["bundle", "export", "--out", city.bundle, "--at"]
        try city.issuer.answer(export + ["\(Self.start + 1)"])
        words = city.scanWords("a", at: Self.start + 2) + ["--text", code]
        let older = try Program("verify").run(words)
        #expect(older.status == 2 && older.diagnostics.contains("[receipts_unavailable]"), "\(older)")
        let plain = words.filter { $0 != "--receipts" && $0 != city.receipts("a") }
        #expect(try VerifyRun(Program("verify").run(plain)).code == "ok")
        // The installation makes its key once, and the next bundle has it.
        let first = try city.issuer.answer(["settle", "key"])
        let second = try city.issuer.answer(["settle", "key"])
        #expect(first["isNew"] == true && second["isNew"] == false)
        #expect(first["settlementKey"] == second["settlementKey"])
        try city.issuer.answer(export + ["\(Self.start + 3)"])
        let later = city.scanWords("a", at: Self.start + 4) + ["--text", try city.shown(Self.start + 4)]
        #expect(try VerifyRun(Program("verify").run(later)).code == "ok")
        #expect(try counts() == [1])
    }

    @Test("of two processes on one folder are all kept")
    func together() throws {
        var gates: [PipedProgram] = []
        for _ in 0..<2 {
            gates.append(try PipedProgram("verify", city.scanWords("a", at: Self.start + 25) + ["--stream"]))
        }
        for (number, code) in try city.showings(20, from: Self.start).enumerated() {
            try gates[number % 2].write(Array((code + "\n").utf8))
            let verdict = try JSONValue.parse(gates[number % 2].readLine(), byteCountMax: 1 << 16)
            #expect(verdict["code"] == "ok" && verdict["warnings"]?.array?.contains("receipt_failed") == false)
        }
        for gate in gates { #expect(gate.finish() == 0) }
        #expect(try counts() == [20])
        let lock = try #require(LockedFile(folder: city.receipts("a")))
        try lock.lock()
        #expect(try isRefused(["show"], "receipts_busy"))
        withExtendedLifetime(lock) {}
    }

    @Test("are kept with every printed accept, and only once, wherever the gate is killed")
    func killed() throws {
        let (clock, killSwitch) = (try SetClock(at: Self.start + 1), try KillSwitch())
        let verify = Program("verify").path
        var printedCount = 0
        var stepCount = 0
        for step in 1...200 {
            let time = Self.start + UInt64(step) * 2
            let text = try city.shown(time)
            let words = [verify] + city.scanWords("a", at: time) + ["--text", text]
            let outcome = try Program(path: "/usr/bin/env").run(killSwitch.words(at: step, clock) + words)
            if outcome.output.contains("\"ok\"") { printedCount += 1 }
            // A receipt may be kept whose accept was not printed; the gate opened for nobody then, once.
            let kept = try counts().compactMap { $0?.integer }.reduce(0, +)
            #expect(kept >= printedCount && kept <= printedCount + step, "\(step)")
            stepCount = step
            if outcome.status == 0 { break }
            #expect(outcome.status == 128 + SIGKILL, "\(outcome)")
        }
        #expect(stepCount > 8 && stepCount < 200, "\(stepCount)")
        #expect(printedCount >= 1)
        // A day that is closed under fire is closed with the same root in the end.
        var records: Set<[UInt8]> = []
        for step in 1...60 {
            let words = [verify] + city.receiptsWords("a", city.closeWords("a"), at: SettledCity.dayEnd)
            let outcome = try Program(path: "/usr/bin/env").run(killSwitch.words(at: step, clock) + words)
            if ProjectFiles.exists("\(city.receipts("a"))/\(SettledCity.day.text).closed") {
                records.insert(try ProjectFiles.bytes("\(city.receipts("a"))/\(SettledCity.day.text).closed"))
            }
            if outcome.status == 0 { break }
        }
        #expect(records.count == 1)
        let key = try city.keys("a").signing.verificationKey
        let record = try #require(records.first)
        #expect(try ClosedDay(record) { _ in key }.count == UInt64(try counts()[0]?.integer ?? -1))
    }

    @Test("are deleted 30 days after their day; the closed record stays")
    func expired() throws {
        _ = try city.scan("a", city.showings(2, from: Self.start), at: Self.start + 1)
        try city.register(["a"])
        let draws = try city.draw()
        let end = SettledCity.day.end + 30 * 86_400
        let path = "\(city.receipts("a"))/\(SettledCity.day.text)"
        #expect(try counts(at: end - 1) == [2] && ProjectFiles.exists(path + ".receipts"))
        #expect(try isRefused(city.openWords("a", draws), "day_expired", at: end))
        #expect(!ProjectFiles.exists(path + ".receipts") && ProjectFiles.exists(path + ".closed"))
        let left = try VerifyRun(city.receiptsRun("a", ["show"], at: end)).lines
        #expect(left.map { $0["count"] } == [2] && left.map { $0["openings"] } == [false])
        let unclosed = ["close", "--day", "2026-09-20", "--out", city.issuer.folder("late")]
        #expect(try isRefused(unclosed, "day_expired", at: end))
    }

    @Test("are opened for one draw of their own day, as the beacon draws it")
    func draws() throws {
        try city.enrol("b")
        _ = try city.scan("a", city.showings(8, from: Self.start), at: Self.start + 7)
        try city.register(["a", "b"])
        let honest = try ProjectFiles.bytes(city.draw(3))
        let own = try #require(
            honest.split(separator: UInt8(ascii: "\n")).first {
                Array($0).holds(Array((try? city.identifier("a"))?.utf8 ?? "?".utf8))
            })
        let line = try JSONValue.parse(Array(own), byteCountMax: 4096)
        func tampered(_ member: String, _ value: JSONValue) throws -> String {
            guard case .object(var object) = line else { return "" }
            object[member] = value
            return try city.issuer.folder.write(Array(JSONValue.object(object).encoded().utf8), to: "tampered")
        }
        let indices = try #require(line["indices"]?.array)
        let others = (0..<8).filter { !indices.contains(.integer($0)) }.map { JSONValue.integer($0) }
        let later = SettledCity.beaconTime
        func open(_ path: String) -> [String] { city.openWords("a", path) }
        let key = try city.keys("a")
        func draws(_ count: UInt64, _ beacon: String) throws -> [JSONValue] {
            let day = try ClosedDay(ProjectFiles.bytes(city.close("a"))) { _ in key.signing.verificationKey }
            let other = ClosedDay(
                gate: key.gate, day: day.day, count: count, paperCount: 0, timedCount: 0, root: day.root)
            return try SettlementDraw(of: other, beacon: beacon, sampleCount: 3).json["indices"]?.array ?? []
        }
        // Another beacon or count may draw the same three receipts by chance; these do not.
        let beacon = try #require((0..<99).map { "another-beacon-\($0)" }.first { try draws(8, $0) != indices })
        let count = try #require((9..<99).first { try draws($0, SettledCity.beacon) != indices })
        for (member, value) in [
            ("indices", .array([others[0]] + indices.dropFirst())), ("indices", .array(indices.dropLast())),
            ("beacon", .string(beacon)), ("sample", 4), ("count", .integer(Int64(count))), ("sample", 1001),
        ] as [(String, JSONValue)] {
            #expect(try isRefused(open(tampered(member, value)), "draw_invalid", at: later), "\(member)")
        }
        // A draw that is right in itself, of another root.
        let foreign = try SettlementDraw(
            of: ClosedDay(
                gate: key.gate, day: SettledCity.day, count: 8, paperCount: 0, timedCount: 0, root: .emptyRoot),
            beacon: SettledCity.beacon, sampleCount: 8)
        let path = try city.issuer.folder.write(Array(foreign.json.encoded().utf8), to: "foreign")
        #expect(try isRefused(open(path), "draw_foreign", at: later))
        let others2 = try city.issuer.folder.write(
            honest.split(separator: UInt8(ascii: "\n")).filter { $0 != own }.flatMap { $0 + [10] }, to: "others")
        #expect(try isRefused(open(others2), "draw_foreign", at: later))
        _ = try city.open("a", city.issuer.folder("draws"))
        let first = try ProjectFiles.bytes(city.issuer.folder("a.openings"))
        _ = try city.open("a", city.issuer.folder("draws"))
        #expect(try ProjectFiles.bytes(city.issuer.folder("a.openings")) == first)
        // A second sample of the same day would tell more than the gate agreed to.
        #expect(try isRefused(open(city.draw(8)), "draw_differs", at: later))
    }
}
