/// The first hundred findings of each code, in whatever order they are added.
struct FindingList {
    static let countMax = AuditReport.findingCountMax / 10

    // Each list in the order of a report.
    private var kept: [AuditFinding.Code: [AuditFinding]] = [:]

    var all: [AuditFinding] { kept.values.joined().sorted(by: AuditFinding.precedes) }

    mutating func add(_ finding: AuditFinding) {
        Self.insert(finding, into: &kept[finding.code, default: []])
    }

    mutating func add(_ findings: [AuditFinding]) {
        for finding in findings { add(finding) }
    }

    private static func insert(_ finding: AuditFinding, into list: inout [AuditFinding]) {
        // Most findings are added in order, so that their place is at the end.
        let place = list.lastIndex { !AuditFinding.precedes(finding, $0) }.map { $0 + 1 } ?? 0
        guard place < countMax else { return }
        if list.count == countMax { list.removeLast() }
        list.insert(finding, at: place)
    }
}
