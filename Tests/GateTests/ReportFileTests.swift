import Credential
import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("What a gate keeps for its next report")
struct ReportFileTests {
    private let folder: ScratchFolder
    private let key: SigningKey
    private var file: ReportFile { ReportFile(folder: folder.path) }
    private var path: String { folder(ReportState.fileName) }

    init() throws {
        folder = try ScratchFolder()
        key = try SigningKey.generate(.ed25519)
        try key.write(to: folder(GateKeys.signingName))
    }

    private static func counts(_ entries: [(String, String, UInt64)]) -> VerdictCounts {
        var counts = VerdictCounts()
        for entry in entries { counts.add(entry.2, scene: entry.0, code: entry.1) }
        return counts
    }

    private func draft(_ counter: UInt64, at time: UInt64) -> GateReport {
        GateReport(
            gate: GateIdentifier(of: key.verificationKey), counter: counter, issuedAt: time, countedSince: 1,
            fetch: "ok")
    }

    private func made(at time: UInt64) throws -> (GateReport, SignedGateReport) {
        let state = try file.update { (state) throws(BundleError) in
            let draft = draft(state.nextCounter(at: time), at: time)
            do throws(SigningError) { try state.make(draft, by: key) } catch { throw .malformed(error.reason) }
        }
        let signed = try #require(state.pending)
        return (try signed.report(of: GateIdentifier(of: key.verificationKey), signedBy: key.verificationKey), signed)
    }

    @Test("is the sum of what all gates of the folder have counted")
    func sums() throws {
        for time in [50, 40, 60] as [UInt64] {
            try file.update { (state) throws(BundleError) in
                state.add(
                    Self.counts([("bus", "ok", 2), ("bus", "expired", 1)]), warnings: ["bundle_stale"], since: time)
            }
        }
        let state = try file.read()
        #expect(state.counts == Self.counts([("bus", "ok", 6), ("bus", "expired", 3)]))
        #expect(state.warnings == ["bundle_stale"] && state.countedSince == 40)
    }

    @Test("moves into a report, and goes with its acknowledgment alone")
    func moves() throws {
        func add(_ count: UInt64) throws {
            try file.update { (state) throws(BundleError) in
                state.add(Self.counts([("bus", "ok", count)]), warnings: ["domain_closed"], since: 5)
            }
        }
        try add(3)
        let (first, signed) = try made(at: 100)
        #expect(first.counts == Self.counts([("bus", "ok", 3)]) && first.warnings == ["domain_closed"])
        #expect(first.counter == 100)
        try add(4)
        // Taken back: the counts of both are in the next one.
        try file.update { (state) throws(BundleError) in state.withdraw(first, signed) }
        let (second, next) = try made(at: 100)
        #expect(second.counts == Self.counts([("bus", "ok", 7)]) && second.counter == 100)
        try file.update { (state) throws(BundleError) in
            state.acknowledge(first, signed)
            state.noteFailure(at: 101)
        }
        #expect(try file.read().pending == next)
        try file.update { (state) throws(BundleError) in state.acknowledge(second, next) }
        let state = try file.read()
        #expect(state.pending == nil && state.counts.isEmpty && state.acknowledged == 100 && state.failureCount == 0)
        // A clock set back gives a higher counter all the same.
        #expect(try made(at: 50).0.counter == 101)
    }

    @Test("fits into a report, the largest counts first, and the rest goes with the next one")
    func fits() throws {
        let codes = VerdictCode.allCases.map(\.rawValue)
        var entries: [(String, String, UInt64)] = []
        for scene in 0..<40 {
            for (place, code) in codes.enumerated() { entries.append(("scene-\(scene)", code, UInt64(place + 1))) }
        }
        let all = Self.counts(entries)
        try file.update { (state) throws(BundleError) in state.add(all, warnings: [], since: 1) }
        var sum = VerdictCounts()
        var rounds = 0
        while try !file.read().counts.isEmpty || rounds == 0 {
            let (report, signed) = try made(at: 100 + UInt64(rounds))
            #expect(report.text.utf8.count <= GateReport.byteCountMax && !report.counts.isEmpty)
            #expect(signed.json.encoded().utf8.count <= SignedGateReport.byteCountMax)
            if rounds == 0 { #expect(report.counts.entries.contains { $0.count == UInt64(codes.count) }) }
            sum.add(report.counts)
            try file.update { (state) throws(BundleError) in state.acknowledge(report, signed) }
            rounds += 1
        }
        #expect(sum == all && rounds > 2)
    }

    @Test("begins anew where any byte is altered, and tells that counts are lost")
    func damaged() throws {
        try file.update { (state) throws(BundleError) in
            state.add(Self.counts([("bus", "ok", 3)]), warnings: [], since: 5)
        }
        _ = try made(at: 100)
        let bytes = try ProjectFiles.bytes(path)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            try folder.write(changed, to: ReportState.fileName)
            #expect(try file.read() == .lost, "\(index)")
        }
        for count in [0, 1, 64, 65, bytes.count - 1] {
            try folder.write(Array(bytes.prefix(count)), to: ReportState.fileName)
            #expect(try file.read() == .lost, "\(count)")
        }
        #expect(try made(at: 200).0.warnings == [ReportState.countsLostWarning])
        try folder.write(bytes, to: ReportState.fileName)
        #expect(try file.read().pending != nil)
    }

    @Test("is counted for an enrolled gate alone, once a minute, and stays in memory while the folder is closed")
    func tally() throws {
        #expect(VerdictTally(statePath: folder("none"), at: 1) == nil)
        let tally = try #require(VerdictTally(statePath: folder.path, at: 1000))
        var verdict = Verdict(refused: Refusal(.expired, "x"), findings: Findings(scene: "bus"))
        verdict.findings.warnings = ["bundle_stale", "holder 11010519491231002X"]
        tally.note([verdict, verdict])
        tally.note([Verdict(refused: Refusal(.expired, "x"), findings: Findings(scene: "no scene"))])
        #expect(tally.saveIfDue(at: 1059) == nil)
        #expect(try file.read() == ReportState())
        #expect(tally.saveIfDue(at: 1060) == nil)
        #expect(try file.read().counts == Self.counts([("bus", "expired", 2)]))
        #expect(try file.read().warnings == ["bundle_stale"] && file.read().countedSince == 1000)
        tally.note([verdict])
        let kept = try ProjectFiles.bytes(path)
        unsafe unlink(path)
        unsafe mkdir(path, 0o700)
        #expect(tally.save(at: 1070) != nil)
        #expect(tally.save(at: 1071) == nil)
        unsafe rmdir(path)
        try folder.write(kept, to: ReportState.fileName)
        #expect(tally.save(at: 1072) == nil)
        #expect(try file.read().counts == Self.counts([("bus", "expired", 3)]))
    }

    @Test("is a report with one form")
    func form() throws {
        var report = draft(7, at: 9)
        report.bundle = .init(version: 3, issuedAt: 2)
        report.lists = [.init(name: "SH-object-lasting", issuedAt: 0)]
        (report.clockOffsetSeconds, report.warnings) = (-40, ["bundle_stale"])
        report.counts = Self.counts([("bus", "ok", 1), ("metro-gate", "expired", 2)])
        #expect(try GateReport(report.text) == report)
        let text = report.text
        for (part, other) in [
            ("\"counter\":7", "\"counter\": 7"), ("\"counter\":7", "\"counter\":0"),
            ("\"counter\":7", "\"counter\":-7"),
            ("\"counter\":7", "\"counter\":7.0"), ("\"fetch\":\"ok\"", "\"fetch\":\"o k\""), ("-40", "\"-40\""),
            ("\"ok\":1", "\"ok\":0"), ("\"ok\":1", "\"ok\":1,\"a\":1"), ("\"bus\":{\"ok\":1}", "\"bus\":{}"),
            ("\"iat\":2}", "\"iat\":2,\"x\":1}"), ("\"warnings\"", "\"subject\":1,\"warnings\""),
            ("[\"bundle_stale\"]", "[\"bundle_stale\",1]"), ("SH-object", "SH/object"),
        ] {
            #expect(text.contains(part))
            #expect(throws: BundleError.self, "\(other)") { try GateReport(text.replacing(part, with: other)) }
        }
    }
}
