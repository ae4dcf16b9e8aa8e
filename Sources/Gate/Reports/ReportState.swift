import Encoding
import Signing

/// What a gate still has to report: the file `report` in its state folder, a line with its SHA-256 and one of JSON.
///
/// The counts that a report bears move into it in the step that makes it, and go once the issuer has acknowledged it.
struct ReportState: Equatable, Sendable {
    static let fileName = "report"
    /// The most bytes of the file: the counts of all scenes and codes, and one report.
    static let byteCountMax = 1 << 19
    /// The most warnings that are kept.
    static let warningCountMax = 64
    /// The warning in the first report after the file was found damaged, and its counts were lost.
    static let countsLostWarning = "counts_lost"
    private static let depthMax = 4

    /// The counter of the newest report that the issuer has acknowledged; 0 before the first.
    private(set) var acknowledged: UInt64 = 0
    /// The `iat` of that report, in seconds since 1970-01-01T00:00:00Z.
    private(set) var reportedAt: UInt64 = 0
    /// The time from which on ``counts`` were counted; 0 while nothing was counted.
    private(set) var countedSince: UInt64 = 0
    /// The counts that no report has yet.
    private(set) var counts = VerdictCounts()
    private(set) var warnings: Set<String> = []
    /// The report that was made and is not acknowledged; nil for none.
    private(set) var pending: SignedGateReport?
    /// The failures since the newest acknowledged report, and the time of the last one.
    private(set) var failureCount: UInt64 = 0
    private(set) var failedAt: UInt64 = 0

    init() {}

    /// The state after the file was found damaged.
    static var lost: ReportState {
        var state = ReportState()
        state.warnings = [countsLostWarning]
        return state
    }

    /// Adds what a running gate has counted.
    mutating func add(_ counts: VerdictCounts, warnings: Set<String>, since: UInt64) {
        self.counts.add(counts)
        add(warnings)
        if !counts.isEmpty { countedSince = countedSince == 0 ? since : min(countedSince, since) }
    }

    private mutating func add(_ warnings: Set<String>) {
        let names = warnings.filter(VerdictCounts.isName).sorted()
        self.warnings.formUnion(names.prefix(max(0, Self.warningCountMax - self.warnings.count)))
    }

    /// The counter of a report that is made now: higher than the acknowledged one, and than any of an older state.
    func nextCounter(at now: UInt64) -> UInt64 { max(acknowledged + 1, now) }

    /// Moves counts and warnings into a report, as many as there is room for, and keeps the report until it is
    /// acknowledged.
    mutating func make(_ draft: GateReport, by key: SigningKey) throws(SigningError) {
        var report = draft
        report.warnings = Array(warnings.sorted().prefix(GateReport.warningCountMax))
        // The largest counts come first; those without room go with the next report.
        let entries = counts.entries.sorted { ($1.count, $0.scene, $0.code) < ($0.count, $1.scene, $1.code) }
        for entry in entries {
            var fuller = report
            fuller.counts.add(entry.count, scene: entry.scene, code: entry.code)
            guard fuller.text.utf8.count <= GateReport.byteCountMax else { break }
            report = fuller
        }
        let signed = try SignedGateReport(report, by: key)
        for entry in report.counts.entries { _ = counts.remove(scene: entry.scene, code: entry.code) }
        warnings.subtract(report.warnings)
        countedSince = report.issuedAt
        pending = signed
    }

    /// Drops a report that the issuer has acknowledged; another process may have done so already.
    mutating func acknowledge(_ report: GateReport, _ signed: SignedGateReport) {
        guard pending == signed else { return }
        (acknowledged, reportedAt, pending) = (report.counter, report.issuedAt, nil)
        (failureCount, failedAt) = (0, 0)
    }

    /// Takes a refused report back: its counts and warnings go into the next one.
    mutating func withdraw(_ report: GateReport, _ signed: SignedGateReport) {
        guard pending == signed else { return }
        pending = nil
        add(report.counts, warnings: Set(report.warnings), since: report.countedSince)
    }

    /// Drops a report that cannot be sent, as one that was made under other keys; its counts are lost.
    mutating func discard(_ signed: SignedGateReport) {
        guard pending == signed else { return }
        pending = nil
        warnings.insert(Self.countsLostWarning)
    }

    mutating func noteFailure(at now: UInt64) { (failureCount, failedAt) = (failureCount + 1, now) }
}

extension ReportState {
    /// Reads the bytes of ``encoded()``; nil for any other bytes.
    init?(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].elementsEqual(Self.digest(of: parts[1]).utf8),
            let value = try? JSONValue.parse(parts[1], byteCountMax: Self.byteCountMax, depthMax: Self.depthMax),
            let acknowledged = value["acknowledged"]?.unsigned, acknowledged < UInt64(Int64.max),
            let reportedAt = value["reportedAt"]?.unsigned, let countedSince = value["since"]?.unsigned,
            let counts = value["counts"].flatMap(VerdictCounts.init), let warnings = value["warnings"]?.array,
            let failureCount = value["failures"]?.unsigned, let failedAt = value["failedAt"]?.unsigned
        else { return nil }
        (self.acknowledged, self.reportedAt, self.countedSince) = (acknowledged, reportedAt, countedSince)
        (self.counts, self.warnings) = (counts, Set(warnings.compactMap(\.string)))
        (self.failureCount, self.failedAt) = (failureCount, failedAt)
        if let pending = value["pending"] {
            guard let signed = SignedGateReport(pending) else { return nil }
            self.pending = signed
        }
    }

    func encoded() -> [UInt8] {
        func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
        var object: JSONObject = [
            "acknowledged": number(acknowledged), "reportedAt": number(reportedAt), "since": number(countedSince),
            "counts": counts.json, "warnings": .array(warnings.sorted().map { .string($0) }),
            "failures": number(failureCount), "failedAt": number(failedAt),
        ]
        object["pending"] = pending?.json
        let json = Array((JSONValue.object(object).encoded() + "\n").utf8)
        return Array("\(Self.digest(of: json[...]))\n".utf8) + json
    }

    private static func digest(of bytes: ArraySlice<UInt8>) -> String {
        Hex.encode(DigestAlgorithm.sha256.digest(bytes))
    }
}
