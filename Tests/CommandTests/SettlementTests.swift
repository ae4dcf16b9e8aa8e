import Credential
import Encoding
import Gate
import Glibc
import Platform
import Signing
import TestSupport
import Testing

@Suite("Settling by receipts")
struct SettlementTests {
    private let city: SettledCity

    init() throws { city = try SettledCity() }

    @Test("finds every receipt of an honest gate good, in each suite", arguments: ["ed25519", "es256", "sm2"])
    func honest(suite: String) throws {
        let city = try SettledCity(suite: suite)
        try city.enrol("a")
        let time = SettledCity.start + 20
        let codes = try city.showings(12, from: time - 11)
        let others = [try city.issued("timed", at: time), try city.issued("paper", at: time)]
        let run = try city.scan("a", codes + others, at: time)
        #expect(run.lines.map { $0["code"] } == [JSONValue](repeating: "ok", count: 14), "\(run.lines)")
        #expect(run.lines.allSatisfy { $0["warnings"]?.array?.contains("receipt_failed") == false })
        let show = try VerifyRun(city.receiptsRun("a", ["show"]))
        let counts: JSONValue = [
            "day": .string(SettledCity.day.text), "count": 12, "paper": 1, "timed": 1, "closed": false,
            "openings": true,
        ]
        #expect(show.lines == [counts])
        try city.register(["a"])
        let draws = try city.draw(5)
        let tally = try #require(try city.check(draws, [city.open("a", draws)])[city.identifier("a")])
        #expect(tally.sampleCounts == [5, 5, 0, 0, 0], "\(tally)")
        #expect(tally["badShare"]?.number == 0 && (tally["badShareMax"]?.number ?? 1) < 0.7)
        // Nothing that tells who passed lies in clear in any file of the gate or on the way to the issuer.
        let files = Folder.files(in: city.receipts("a")) + [city.issuer.folder("a.openings"), draws]
        for code in codes {
            let bytes = try CredentialText(parsing: code).bytes
            for part in [bytes[30..<46], bytes[(bytes.count - 20)...], Array(code.utf8)[20..<40]] {
                for file in files { #expect(!(try ProjectFiles.bytes(file)).holds(Array(part)), "\(file)") }
            }
        }
    }

    @Test("keeps a receipt of a single scan, and none of a refused code")
    func single() throws {
        try city.enrol("a")
        let code = try city.shown(SettledCity.start + 5)
        let words = city.scanWords("a", at: SettledCity.start + 5) + ["--text", code]
        #expect(try VerifyRun(Program("verify").run(words)).code == "ok")
        #expect(try VerifyRun(Program("verify").run(words)).code == "replayed")
        #expect(try VerifyRun(city.receiptsRun("a", ["show"])).lines.map { $0["count"] } == [1])
    }

    @Test("finds invented, altered and doubled receipts, at one gate and at two")
    func crooked() throws {
        for gate in ["a", "b", "c"] { try city.enrol(gate) }
        let start = SettledCity.start
        let codes = try city.showings(9, from: start + 1)
        _ = try city.scan("a", Array(codes[..<3]), at: start + 3)
        _ = try city.scan("b", Array(codes[3..<5]), at: start + 5)
        // At a: one doubled there, one whose code was shown hours before, one of another scene, one with a byte changed.
        try city.add(
            [
                city.forged(codes[0], time: start + 2), city.forged(codes[6], time: start + 7200),
                city.forged(codes[7], time: start + 8, scene: "library"),
                city.forged(codes[8], time: start + 9) { $0.dropLast() + [$0[$0.count - 1] ^ 1] },
            ], to: "a")
        // At b: one of a's, and one that opens to nothing.
        try city.add(
            [
                city.forged(codes[1], time: start + 2),
                .shown(
                    SealedReceipt(
                        leaf: ReceiptOpening.leaf(of: [1]), sealed: try city.settlementKey().seal([1, 2, 3]))),
            ], to: "b")
        _ = try city.scan("c", [try city.shown(start + 20)], at: start + 20)
        try city.register(["a", "b", "c"])
        let draws = try city.draw()
        let tallies = try city.check(draws, try ["a", "b", "c"].map { try city.open($0, draws) })
        #expect(tallies[try city.identifier("a")]?.sampleCounts == [7, 1, 0, 3, 3])
        #expect(tallies[try city.identifier("b")]?.sampleCounts == [4, 2, 0, 1, 1])
        #expect(tallies[try city.identifier("c")]?.sampleCounts == [1, 1, 0, 0, 0])
        // A gate whose openings are not there has invented all of its sample.
        let silent = try city.check(draws, [city.issuer.folder("a.openings"), city.issuer.folder("c.openings")])
        #expect(silent[try city.identifier("b")]?.sampleCounts == [4, 0, 4, 0, 0])
    }

    @Test("counts an opening that is left out as invented, and one at another index or with a changed byte as altered")
    func tamperedOpenings() throws {
        try city.enrol("a")
        _ = try city.scan("a", city.showings(6, from: SettledCity.start), at: SettledCity.start + 5)
        try city.register(["a"])
        let draws = try city.draw()
        let honest = try DrawnOpenings(ProjectFiles.bytes(city.open("a", draws)))
        func counts(_ openings: [DrawnOpenings.Opening]) throws -> [Int64?]? {
            let file = DrawnOpenings(gate: honest.gate, day: honest.day, openings: openings).encoded()
            let path = try city.issuer.folder.write(file, to: "tampered")
            return try city.check(draws, [path])[honest.gate.text]?.sampleCounts
        }
        #expect(try counts(honest.openings) == [6, 6, 0, 0, 0])
        #expect(try counts(Array(honest.openings.dropFirst())) == [6, 5, 1, 0, 0])
        // The opening of index 1 in the place of index 0.
        var moved = honest.openings
        moved[0] = .init(index: 0, receipt: moved[1].receipt, path: moved[1].path)
        #expect(try counts(moved) == [6, 5, 0, 1, 0])
        moved[0] = .init(index: 0, receipt: moved[1].receipt, path: honest.openings[0].path)
        #expect(try counts(moved) == [6, 5, 0, 1, 0])
        var sealed = honest.openings[2].receipt.sealed
        sealed[40] ^= 1
        var changed = honest.openings
        changed[2] = .init(
            index: 2, receipt: SealedReceipt(leaf: changed[2].receipt.leaf, sealed: sealed), path: changed[2].path)
        #expect(try counts(changed) == [6, 5, 0, 1, 0])
        // A file that cannot be read opens nothing.
        let path = try city.issuer.folder.write(Array(honest.encoded().dropLast()), to: "cut")
        let outcome = try city.issuer.run(["settle", "check", "--draw", draws, "--openings", path])
        #expect(outcome.status == 1 && outcome.diagnostics.contains("[openings_invalid]"))
        #expect(try VerifyRun(outcome).lines.first?.sampleCounts == [6, 0, 6, 0, 0])
    }

    @Test("takes the first record of a gate and day, and leaves the log whole")
    func registered() throws {
        try city.enrol("a")
        _ = try city.scan("a", city.showings(3, from: SettledCity.start), at: SettledCity.start + 2)
        let closed = try city.close("a")
        let register = ["settle", "register", closed, "--at", "\(SettledCity.dayEnd)"]
        #expect(
            try city.issuer.isRefused(
                ["settle", "register", closed, "--at", "\(SettledCity.start)"], code: "settlement_invalid"))
        let first = try city.issuer.answer(register)
        #expect(try city.issuer.answer(register) == first && first["count"] == 3)
        // The gate's folder begins anew, and the gate signs another root.
        let kept = city.issuer.folder("kept")
        unsafe rename(city.receipts("a"), kept)
        try city.add([city.forged(city.shown(SettledCity.start + 9), time: SettledCity.start + 9)], to: "a")
        let second = try city.issuer.folder.write(ProjectFiles.bytes(city.close("a")), to: "second.closed")
        #expect(try city.issuer.isRefused(register.replacing(closed, with: second), code: "settlement_differs"))
        for (position, byte) in try ProjectFiles.bytes(closed).enumerated() where position % 41 == 0 {
            var bytes = try ProjectFiles.bytes(closed)
            bytes[position] = byte ^ 1
            let path = try city.issuer.folder.write(bytes, to: "flipped")
            let outcome = try city.issuer.run(register.replacing(closed, with: path))
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(position): \(outcome)")
        }
        let key = try #require(try city.issuer.answer(["log", "key"])["key"]?.string)
        let checkpoint = try #require(try city.issuer.answer(["log", "checkpoint"])["checkpoint"]?.string)
        let anchor = try city.issuer.folder.write(Array(checkpoint.utf8), to: "anchor")
        let audit = try Program("chain-verify").run([
            "audit", city.issuer.folder("state/log"), "--key", key, "--anchor", anchor,
        ])
        #expect(audit.status == 0, "\(audit)")
        // The entry tells the day and a digest, and not how many passed.
        let record = try ProjectFiles.bytes(kept + "/\(SettledCity.day.text).closed")
        let digest = try ClosedDay(record) { _ in try city.keys("a").signing.verificationKey }.digest
        let tiles = try Program(path: "/usr/bin/grep").run([
            "-rlaF", Hex.encode(digest), city.issuer.folder("state/log"),
        ])
        #expect(!tiles.output.isEmpty)
    }

    @Test("draws from no record that the beacon's time precedes")
    func lateRecord() throws {
        try city.enrol("a")
        try city.register(["a"])
        let outcome = try city.issuer.run(city.drawWords(3, beaconTime: SettledCity.dayEnd))
        #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.diagnostics.contains("[settlement_late]"))
        // A day without receipts is drawn too: there is nothing to open.
        let draws = try city.draw(3)
        #expect(try city.check(draws, [city.open("a", draws)])[city.identifier("a")]?.sampleCounts == [0, 0, 0, 0, 0])
    }
}

extension [String] {
    fileprivate func replacing(_ word: String, with other: String) -> [String] { map { $0 == word ? other : $0 } }
}

extension [UInt8] {
    /// Whether `part` is somewhere in the bytes.
    func holds(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...count - part.count).contains { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}

extension Folder {
    /// The paths of a folder's files.
    static func files(in path: String) -> [String] { names(in: path).map { "\(path)/\($0)" } }
}
