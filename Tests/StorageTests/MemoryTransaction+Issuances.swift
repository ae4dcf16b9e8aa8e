@testable import Storage

extension MemoryTransaction {
    func newestIssuance() -> Issuance? { contents.issuances.last }

    func lastIssuance(before minute: UInt64, after number: UInt64) -> Issuance? {
        contents.issuances.last { $0.number > number && $0.minute < minute }
    }

    func issuances(_ numbers: ClosedRange<UInt64>, count: Int) -> [Issuance] {
        Array(contents.issuances.filter { numbers.contains($0.number) }.prefix(count))
    }

    func issuedMinutes() -> [IssuedMinute] { contents.issuedMinutes.sorted { $0.minute < $1.minute } }

    func issuedSets() -> [IssuedSet] {
        contents.issuedSets.sorted { ($0.minute, $0.span) < ($1.minute, $1.span) }
    }

    func insertIssuance(digest: [UInt8], minute: UInt64) throws {
        let number = (contents.issuances.last?.number ?? 0) + 1
        try change { $0.issuances.append(Issuance(number: number, minute: minute, digest: digest)) }
    }

    func insertIssuedMinute(_ minute: IssuedMinute) throws {
        try change(if: !contents.issuedMinutes.contains { $0.minute == minute.minute }) {
            $0.issuedMinutes.append(minute)
        }
    }

    func setEntry(_ index: UInt64, ofIssuedMinute minute: UInt64) throws {
        guard let place = contents.issuedMinutes.firstIndex(where: { $0.minute == minute }) else { return }
        try change { $0.issuedMinutes[place].entryIndex = index }
    }

    func insertIssuedSet(_ set: IssuedSet) throws {
        try change(if: !contents.issuedSets.contains { $0.minute == set.minute && $0.span == set.span }) {
            $0.issuedSets.append(set)
        }
    }

    func deleteIssuedSets(in minutes: Range<UInt64>, below span: UInt64) throws {
        try change { $0.issuedSets.removeAll { minutes.contains($0.minute) && $0.span < span } }
    }

    func deleteIssuances(through number: UInt64, countMax: Int) throws -> Int {
        let count = min(contents.issuances.prefix { $0.number <= number }.count, countMax)
        if count > 0 { try change { $0.issuances.removeFirst(count) } }
        return count
    }

    func deleteIssuedMinutes(before end: UInt64) throws {
        try change { $0.issuedMinutes.removeAll { $0.minute < end } }
    }

    func trailChain() -> TrailChainState? { contents.trailChain }

    func raiseAuditNumber(to number: UInt64) throws {
        try change { $0.auditNumber = max($0.auditNumber, number) }
    }

    func putTrailChain(_ state: TrailChainState) throws { try change { $0.trailChain = state } }
}
