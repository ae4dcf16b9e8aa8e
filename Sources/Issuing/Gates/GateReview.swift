import Gate
import Storage

/// The rules by which a gate needs an operator's look (Gate.docc/Reports.md#What-an-operator-sees).
package struct GateReview: Sendable {
    /// What is wrong with a gate.
    package enum Finding: String, Sendable, CaseIterable {
        /// It has not reported for the given time.
        case stale
        /// It reported with an older bundle although a newer one was there for the given time.
        case oldBundle = "old_bundle"
        /// Its clock is wrong, by holders' phones or by the issuer's clock.
        case clockOff = "clock_off"
    }

    /// The time after which a silent gate is stale, where nobody names one.
    package static let staleSecondsDefault: UInt64 = 7200
    package static let staleSecondsMax: UInt64 = 366 * 86_400
    /// The longest time from a report's making to its arrival; a longer one is the gate's clock, or a report that was
    /// sent again and is replaced soon.
    package static let delaySecondsMax: UInt64 = 300

    let staleSeconds: UInt64
    /// The newest bundle's version, which is its time or later.
    let newestBundle: UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: UInt64

    /// A gate's findings; a revoked gate has none.
    func findings(of gate: GateStanding) -> [Finding] {
        guard gate.status != .revoked else { return [] }
        var findings: [Finding] = []
        if (gate.report?.receivedAt ?? gate.registeredAt) + staleSeconds < now { findings.append(.stale) }
        guard let report = gate.report else { return findings }
        let version = report.bundleVersion ?? 0
        if version < newestBundle, newestBundle + staleSeconds <= report.receivedAt { findings.append(.oldBundle) }
        let isLate = report.receivedAt > report.issuedAt + Self.delaySecondsMax
        if isLate || (report.clockOffsetSeconds ?? 0) != 0 { findings.append(.clockOff) }
        return findings
    }
}

/// How many gates there are in each status, and how many of them need a look.
package struct GateTally: Sendable, Equatable {
    /// By the status's name.
    package private(set) var statuses: [String: Int] = ["active": 0, "suspended": 0, "revoked": 0]
    /// The gates that are not revoked and have reported within the review's time.
    package private(set) var reportedCount = 0
    /// By the finding's name.
    package private(set) var findings = Dictionary(
        uniqueKeysWithValues: GateReview.Finding.allCases.map { ($0.rawValue, 0) })

    mutating func add(_ gate: GateStanding, by review: GateReview) {
        statuses[gate.status.rawValue, default: 0] += 1
        let found = review.findings(of: gate)
        for finding in found { findings[finding.rawValue, default: 0] += 1 }
        if gate.status != .revoked, gate.report != nil, !found.contains(.stale) { reportedCount += 1 }
    }
}
