/// The first hundred findings of each code at most, in whichever order they come.
struct FindingList {
    static let countMax = AuditReport.findingCountMax / 10

    // Each in the order in which a report tells them.
    private var kept: [AuditFinding.Code: [AuditFinding]] = [:]

    var all: [AuditFinding] { kept.values.joined().sorted(by: AuditFinding.precedes) }

    mutating func add(_ finding: AuditFinding) {
        Self.insert(finding, into: &kept[finding.code, default: []])
    }

    mutating func add(_ findings: [AuditFinding]) {
        for finding in findings { add(finding) }
    }

    private static func insert(_ finding: AuditFinding, into list: inout [AuditFinding]) {
        // Most come in order, so that their place is the end.
        let place = list.lastIndex { !AuditFinding.precedes(finding, $0) }.map { $0 + 1 } ?? 0
        guard place < countMax else { return }
        if list.count == countMax { list.removeLast() }
        list.insert(finding, at: place)
    }
}
