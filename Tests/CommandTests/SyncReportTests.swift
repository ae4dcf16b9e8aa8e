import Encoding
import Gate
import Glibc
import TestSupport
import Testing

@Suite("verify sync --report")
struct SyncReportTests {
    private let gate: ReportedGate

    init() throws { gate = try ReportedGate() }

    /// Whether a fetch and its report succeeded; the gate has no domain, so that the server has no keys for it.
    private func isReported(_ outcome: Program.Outcome) -> Bool {
        outcome.status == 0 && !outcome.diagnostics.contains(": error: ")
    }

    @Test("tells the issuer what the gate has, and what it decided since", arguments: ["ed25519", "es256", "sm2"])
    func first(suite: String) throws {
        let gate = suite == "ed25519" ? gate : try ReportedGate(suite)
        let first = try gate.sync(at: 20)
        #expect(isReported(first), "\(first)")
        let version = first.result?["bundleVersion"]
        var report = try #require(try gate.kept())
        #expect(report["bundle"]?["version"] == version && report["fetch"] == "ok" && report["counts"] == [:])
        let listCount = try #require(report["listCount"]?.integer)
        #expect(listCount > 0 && report["lists"]?.object?.members.count == min(16, Int(listCount)), "\(report)")
        #expect(report["roots"] == 1 && report["hot"]?.integer != nil && report["clockOffset"] == nil)
        try gate.stream(["SP1:nothing", "nothing at all"])
        try gate.stream(["nothing at all"])
        #expect(isReported(try gate.sync(at: 920)))
        report = try #require(try gate.kept())
        let counts = report["counts"]?["object-inspection"]?.object?.members ?? []
        #expect(counts.compactMap(\.value.integer).reduce(0, +) == 3, "\(report)")
        #expect(report["since"]?.integer == Int64(ReportedGate.start) + 20)
        #expect(isReported(try gate.sync(at: 1820)))
        #expect(try gate.kept()?["counts"] == [:])
    }

    @Test("reports at most once in the given time, also from processes that end")
    func pace() throws {
        for (seconds, count) in [(20, 1), (30, 1), (919, 1), (920, 2), (1000, 2), (1819, 2), (1820, 3)]
            as [(UInt64, Int)]
        {
            #expect(isReported(try gate.sync(at: seconds)))
            #expect(try gate.server.posts().count == count, "\(seconds)")
        }
        #expect(isReported(try gate.sync(at: 1880, "--report-every", "60")))
        #expect(try gate.server.posts().count == 4)
    }

    @Test(
        "keeps the counts of a report that was not acknowledged, and sends the same bytes again, more and more rarely",
        arguments: [ReportServer.Behavior.fails, .losesAnswer, .lies, .redirects])
    func unacknowledged(behavior: ReportServer.Behavior) throws {
        #expect(isReported(try gate.sync(at: 20)))
        try gate.stream(["nothing at all"])
        try gate.server.treat(behavior)
        for (seconds, count) in [(920, 2), (970, 2), (980, 3), (1090, 3), (1100, 4)] as [(UInt64, Int)] {
            let outcome = try gate.sync(at: seconds)
            // The fetch went well, whatever became of the report.
            #expect(outcome.status == 0 && outcome.result != nil, "\(outcome)")
            let isTold = outcome.errorCode == "report_unacknowledged"
            #expect(isTold == ([920, 980, 1100].contains(seconds)), "\(seconds): \(outcome)")
            #expect(try gate.server.posts().count == count, "\(seconds)")
        }
        let bodies = Set(try gate.server.posts().dropFirst().map(\.body))
        #expect(bodies.count == 1)
        try gate.stream(["nothing at all"])
        try gate.server.treat(.passes)
        #expect(isReported(try gate.sync(at: 1400)))
        #expect(try gate.server.posts().last.map { $0.status == 200 && bodies.contains($0.body) } == true)
        #expect(try gate.kept()?["counts"] != [:])
        // The one that was made meanwhile is new, and is due by the time of the one before.
        #expect(isReported(try gate.sync(at: 1820)))
        #expect(try gate.kept()?["counts"] != [:] && gate.kept()?["iat"]?.integer == Int64(ReportedGate.start) + 1820)
    }

    @Test("puts the counts of a refused report into the next one")
    func refused() throws {
        #expect(isReported(try gate.sync(at: 20)))
        try gate.stream(["nothing at all"])
        try gate.server.treat(.alters)
        let outcome = try gate.sync(at: 920)
        #expect(outcome.status == 0 && outcome.errorCode == "report_refused", "\(outcome)")
        #expect(outcome.diagnostics.contains("signature_invalid"))
        try gate.server.treat(.passes)
        #expect(isReported(try gate.sync(at: 980)))
        let report = try #require(try gate.kept())
        #expect(report["counts"] != [:] && report["iat"]?.integer == Int64(ReportedGate.start) + 980)
    }

    @Test("reports a failed fetch too, and a gate without keys reports nothing")
    func failedFetch() throws {
        #expect(isReported(try gate.sync(at: 20)))
        unsafe unlink(gate.issuer.folder("tree/bundle.cbor"))
        let outcome = try gate.sync(at: 920)
        #expect(outcome.status == 1 && outcome.errorCode == "file_missing", "\(outcome)")
        #expect(try gate.kept()?["fetch"] == "file_missing")
        unsafe unlink("\(gate.state)/\(GateKeys.signingName)")
        let other = try gate.sync(at: 1820)
        #expect(other.status == 1 && other.diagnostics.contains("[gate_not_enrolled]"), "\(other)")
        #expect(try gate.server.posts().count == 2)
        let usage = try Program("verify").run(gate.words(["--at", "5"]))
        #expect(usage.status == 64)
    }

    @Test("loses and doubles nothing when two fetches report at once while a gate counts")
    func together() throws {
        #expect(isReported(try gate.sync(at: 20)))
        var total: Int64 = 0
        for round in UInt64(1)...4 {
            try gate.stream(["nothing at all", "SP1:nothing"])
            try gate.clock.set(ReportedGate.start + 20 + round * 900)
            let loops = try (0..<2).map { _ in
                try PipedProgram("verify", gate.words(), clock: gate.clock)
            }
            for loop in loops { _ = loop.finish() }
            // One of them may have found the folder busy; the next one sends what it left.
            #expect(try gate.sync(at: 25 + round * 900).status == 0)
            let counts = try gate.kept()?["counts"]?["object-inspection"]?.object?.members ?? []
            total += counts.compactMap(\.value.integer).reduce(0, +)
        }
        #expect(total == 8)
        #expect(try gate.server.posts().allSatisfy { $0.status == 200 })
    }

    @Test("loses nothing when it is killed between two steps", arguments: [3, 5, 8, 13, 21, 34])
    func killed(milliseconds: UInt32) throws {
        #expect(isReported(try gate.sync(at: 20)))
        try gate.stream(["nothing at all"])
        try gate.clock.set(ReportedGate.start + 920)
        let sync = try PipedProgram("verify", gate.words(), clock: gate.clock)
        usleep(milliseconds * 1000)
        _ = sync.end(by: SIGKILL)
        for seconds in [920, 990, 1200] as [UInt64] where try gate.kept()?["counts"] == [:] {
            #expect(try gate.sync(at: seconds).status == 0)
        }
        let counts = try gate.kept()?["counts"]?["object-inspection"]?.object?.members ?? []
        #expect(counts.compactMap(\.value.integer) == [1])
        #expect(Set(try gate.server.posts().map(\.body)).count == 2)
    }

    @Test("has no code, pseudonym, digest or subject in a report or in what it keeps")
    func privacy() throws {
        #expect(isReported(try gate.sync(at: 20)))
        let verdicts = try gate.stream(["SP1:PSEUDONYM0123456789", "11010519491231002X"])
        let kept = String(decoding: try ProjectFiles.bytes("\(gate.state)/report"), as: UTF8.self)
        #expect(isReported(try gate.sync(at: 920)))
        let sent = try gate.server.posts().map(\.body).joined()
        for text in [kept, sent] {
            #expect(!text.contains("PSEUDONYM") && !text.contains("11010519491231002X"))
            for verdict in verdicts { #expect(!text.contains(try #require(verdict["digest"]?.string))) }
        }
    }
}
