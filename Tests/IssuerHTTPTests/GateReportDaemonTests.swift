import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("A daemon that gates report to")
struct GateReportDaemonTests {
    private let daemon: HTTPDaemon
    private let gate: ReportingGate

    init() throws {
        daemon = try HTTPDaemon(Installation())
        gate = try ReportingGate(at: daemon)
    }

    private func ask(_ operation: IssuerOperation, _ body: JSONValue) throws -> JSONValue {
        try IssuerClient(path: daemon.socket).ask(operation, body)
    }

    private func shown(_ gate: ReportingGate? = nil) throws -> JSONValue? {
        try ask(.showGate, ["gate": .string((gate ?? self.gate).gate)])["report"]
    }

    @Test("keeps the newest report, and answers the same report again")
    func newest() throws {
        #expect(try shown() == nil)
        let first = try gate.report(7)
        for _ in 0..<2 { #expect(try gate.post(first) == (200, nil)) }
        #expect(try shown()?["content"]?["counts"] == ["metro-gate": ["ok": 12]])
        #expect(try shown()?["text"]?.string == first.text)
        #expect(try gate.post(gate.report(7) { $0.warnings = ["bundle_stale"] }) == (409, "report_old"))
        #expect(try gate.post(gate.report(6)) == (409, "report_old"))
        #expect(try gate.post(gate.report(8) { $0.warnings = ["bundle_stale"] }) == (200, nil))
        #expect(try gate.post(first) == (409, "report_old"))
        #expect(try shown()?["content"]?["warnings"] == ["bundle_stale"])
        // Every gate reports all day: the trail would be full of it.
        let trail = try ask(.readAudit, [:])["lines"]?.array ?? []
        #expect(!trail.isEmpty && trail.allSatisfy { $0["action"] != "gate.report" })
    }

    @Test("refuses a report that another key signed, of another gate, dated ahead, too long or of no form")
    func refused() throws {
        let other = try ReportingGate(at: daemon)
        #expect(try gate.post(gate.report(1), as: other.gate) == (400, "signature_invalid"))
        let foreign = try SignedGateReport(
            GateReport(gate: other.keys.gate, counter: 1, issuedAt: 1, countedSince: 1, fetch: "ok"),
            by: gate.keys.signing)
        #expect(try gate.post(foreign) == (400, "report_invalid"))
        #expect(try gate.post(gate.report(1), as: String(repeating: "0", count: 32)) == (404, "gate_unknown"))
        #expect(try gate.post(gate.report(1), as: "0") == (400, "request_malformed"))
        let limit = GateReport.aheadSecondsMax
        #expect(try gate.post(gate.report(1, at: ReportingGate.now + limit + 60)) == (400, "report_ahead"))
        #expect(try gate.post(gate.report(1) { $0.warnings = [" "] }) == (400, "report_invalid"))
        let long = SignedGateReport(text: String(repeating: "x", count: GateReport.byteCountMax + 1), signature: [])
        #expect(try gate.post(long) == (413, "request_too_long"))
        let body = String(repeating: " ", count: 1 << 17)
        #expect(try gate.post(Array(body.utf8)) == (413, "request_too_long"))
        #expect(try shown() == nil && shown(other) == nil)
        #expect(try gate.post(gate.report(1, at: ReportingGate.now + limit - 60)) == (200, nil))
    }

    @Test("refuses a report with any byte altered")
    func altered() throws {
        let bytes = Array(try gate.report(3).json.encoded().utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let answer = try gate.post(changed)
            #expect(answer.status == 400, "\(index): \(answer)")
        }
        #expect(try shown() == nil)
        #expect(try gate.post(bytes) == (200, nil))
    }

    @Test("takes reports of a suspended gate, and none of a revoked one")
    func ended() throws {
        _ = try ask(.suspendGate, ["gate": .string(gate.gate)])
        #expect(try gate.post(gate.report(1)) == (200, nil))
        _ = try ask(.revokeGate, ["gate": .string(gate.gate)])
        #expect(try gate.post(gate.report(2)) == (409, "gate_revoked"))
        #expect(try shown()?["content"]?["counter"] == 1)
    }

    @Test("has a report that it answered after it was killed")
    func killed() throws {
        for counter in 1...20 as ClosedRange<UInt64> {
            #expect(try gate.post(gate.report(counter)) == (200, nil))
            guard counter % 5 == 0 else { continue }
            _ = daemon.end(SIGKILL)
            try daemon.start()
            #expect(try shown()?["content"]?["counter"]?.integer == Int64(counter))
            #expect(try gate.post(gate.report(counter - 1)) == (409, "report_old"))
        }
    }

    @Test("lists who is silent, has an old bundle or a wrong clock, and counts them")
    func findings() throws {
        let now = ReportingGate.now
        func metric(_ name: String) throws -> String? {
            try daemon.curl(["http://d/metrics"]).output.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
                .map { String($0.dropFirst(name.count + 1)) }
        }
        let (behind, late) = (try ReportingGate(at: daemon), try ReportingGate(at: daemon))
        #expect(try gate.post(gate.report(1) { $0.clockOffsetSeconds = 0 }) == (200, nil))
        #expect(try behind.post(behind.report(1) { $0.clockOffsetSeconds = 90 }) == (200, nil))
        #expect(try late.post(late.report(1, at: now - GateReview.delaySecondsMax - 9)) == (200, nil))
        let found = try ask(.listGates, ["stale": 3600])["gates"]?.array ?? []
        #expect(Set(found.compactMap { $0["gate"]?.string }) == [behind.gate, late.gate])
        #expect(found.allSatisfy { $0["findings"] == ["clock_off"] })
        #expect(try ask(.listGates, [:])["gates"]?.array?.count == 3)
        let page = try ask(.listGates, ["stale": 3600, "limit": 1])["gates"]?.array ?? []
        let next = try ask(.listGates, ["stale": 3600, "limit": 1, "after": page[0]["gate"] ?? .null])["gates"]
        #expect(page.count == 1 && next?.array?.count == 1 && next?.array?.first != page[0])
        _ = try ask(.revokeGate, ["gate": .string(late.gate)])
        _ = try ask(.suspendGate, ["gate": .string(gate.gate)])
        #expect(try metric("suishend_gates_reported") == "2")
        #expect(try metric("suishend_gates{status=\"suspended\"}") == "1")
        #expect(try metric("suishend_gates{status=\"revoked\"}") == "1")
        #expect(try metric("suishend_gates_found{finding=\"clock_off\"}") == "1")
        #expect(try metric("suishend_gates_found{finding=\"stale\"}") == "0")
        let text = try daemon.curl(["http://d/metrics"]).output
        #expect(!text.contains(gate.gate))
    }

    @Test("lists a gate as stale, or with an old bundle, once the given time is over, and not a second before")
    func late() throws {
        let (begin, limit) = (ReportingGate.now, UInt64(3600))
        let clock = try SetClock(at: begin)
        let daemon = try HTTPDaemon(Installation(), prefix: clock.words)
        let client = try IssuerClient(path: daemon.socket)
        // The first bundle's version is its time.
        _ = try client.ask(.exportBundle, [:])
        let bundles: [UInt64?] = [begin, begin - 1, nil]
        let (silent, gates) = (try ReportingGate(at: daemon), try bundles.map { _ in try ReportingGate(at: daemon) })
        func found() throws -> [String: JSONValue] {
            let found = try client.ask(.listGates, ["stale": .integer(Int64(limit))])["gates"]?.array ?? []
            return Dictionary(
                uniqueKeysWithValues: found.compactMap { gate in
                    gate["gate"]?.string.map { ($0, gate["findings"] ?? .null) }
                })
        }
        func report(at time: UInt64) throws {
            try clock.set(time)
            for (gate, version) in zip(gates, bundles) {
                let report = try gate.report(time, at: time) { report in
                    report.bundle = version.map { .init(version: $0, issuedAt: $0) }
                }
                #expect(try gate.post(report) == (200, nil))
            }
        }
        try report(at: begin + limit - 1)
        #expect(try found() == [:])
        let end = begin + limit
        try report(at: end)
        let old: JSONValue = ["old_bundle"]
        #expect(try found() == [gates[1].gate: old, gates[2].gate: old])
        try clock.set(end + 1)
        #expect(try found() == [gates[1].gate: old, gates[2].gate: old, silent.gate: ["stale"]])
        try clock.set(end + limit + 1)
        let both: JSONValue = ["stale", "old_bundle"]
        #expect(
            try found() == [
                gates[0].gate: ["stale"], gates[1].gate: both, gates[2].gate: both, silent.gate: ["stale"],
            ])
        // The counts take two hours of silence.
        try clock.set(end + limit + 2)
        let text = try daemon.curl(["http://d/metrics"]).output
        #expect(text.contains("\nsuishend_gates_found{finding=\"stale\"} 1\n"))
        #expect(text.contains("\nsuishend_gates_reported 3\n"))
    }
}

@Suite(
    "The role of a web server that passes reports on",
    .enabled(if: getuid() == 0, "who connects is tried as other users, which only root can become"))
struct GateRoleTests {
    @Test("reports, and gets nothing else")
    func onlyReports() throws {
        let daemon = try HTTPDaemon.open("roles:\n  40001: [gate]")
        let gate = try ReportingGate(at: daemon)
        for route in Route.table where route.pattern.text != "/v1/gates/{gate}/report" {
            for body in [["-d", "{}"], []] {
                let path = route.pattern.text.replacing("{gate}", with: gate.gate).replacing("*", with: "")
                let answer = try daemon.ask(body + ["--globoff", "http://d\(path)"], as: 40001)
                let isWrongMethod = answer.contains("\"method_not_allowed\"") && answer.hasSuffix("\n405")
                let isRefused = answer.contains("\"not_permitted\"") && answer.hasSuffix("\n403")
                #expect(isRefused || isWrongMethod && (body.isEmpty != (route.method == .get)), "\(path): \(answer)")
            }
        }
        let report = try gate.report(1).json.encoded()
        #expect(try daemon.ask(["-d", report, "http://d/v1/gates/\(gate.gate)/report"], as: 40001).hasSuffix("\n200"))
        #expect(try daemon.ask(["http://d/v1/gates/\(gate.gate)/report"], as: 40001).hasSuffix("\n405"))
    }
}
