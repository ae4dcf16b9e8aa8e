/// Findings as they come, the first hundred of each code at most.
struct FindingList {
    private static let countMax = AuditReport.findingCountMax / 10

    private(set) var all: [AuditFinding] = []
    private var counts: [AuditFinding.Code: Int] = [:]

    mutating func add(_ finding: AuditFinding) {
        let count = counts[finding.code, default: 0]
        guard count < Self.countMax else { return }
        counts[finding.code] = count + 1
        all.append(finding)
    }

    mutating func add(_ findings: [AuditFinding]) {
        for finding in findings { add(finding) }
    }
}
