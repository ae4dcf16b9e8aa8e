import Credential
@testable import Storage

extension MemoryTransaction {
    func hasCode(inStatusList list: String) -> Bool {
        contents.codes.contains { $0.list?.name == list && $0.statusIndex != nil }
    }

    func deleteCodes(before day: UInt64, countMax: Int) throws -> Bool {
        let ended = contents.codes.filter { code in code.day.map { $0 < day } ?? false }.prefix(countMax)
        let identifiers = Set(ended.map(\.id))
        if !ended.isEmpty { try change { $0.codes.removeAll { identifiers.contains($0.id) } } }
        return ended.count == countMax
    }

    func deleteStatusRows(of list: String, countMax: Int) throws -> (revocationCount: Int, blockCount: Int) {
        let indices = revokedIndices(of: list, in: 0..<UInt64(Int64.max)).prefix(countMax)
        try change { contents in
            for index in indices { contents.revocations[StatusPlace(list: list, index: index)] = nil }
        }
        guard indices.count < countMax else { return (indices.count, 0) }
        let bases = (contents.blocks[list] ?? [:]).keys.sorted().prefix(countMax)
        try change { contents in
            for base in bases { contents.blocks[list]?[base] = nil }
            if contents.blocks[list]?.isEmpty == true { contents.blocks[list] = nil }
            if bases.count < countMax { contents.floors[list] = nil }
        }
        return (indices.count, bases.count)
    }

    func storedByteCount() -> UInt64 { 0 }

    func prepareDays(at now: UInt64) {}

    func firstAuditNumber(after number: UInt64, since time: UInt64) -> UInt64? {
        contents.audit.first { $0.number > number && $0.time >= time }?.number
    }

    func trailFloor() -> TrailChainState? { contents.trailFloor }

    func raiseTrailFloor(to floor: TrailChainState) throws {
        let isHigher = contents.trailFloor.map { $0.number < floor.number || $0 == floor } ?? true
        let isStated = contents.trailChain.map { $0.number >= floor.number } ?? false
        try change(if: isHigher && isStated) { contents in
            contents.trailFloor = floor
            contents.auditNumber = max(contents.auditNumber, floor.number)
        }
    }

    func deleteAuditLines(countMax: Int) throws -> Bool {
        guard let floor = contents.trailFloor else { return false }
        let count = min(contents.audit.prefix { $0.number <= floor.number }.count, countMax)
        // Later lines have higher numbers, also where the last one is gone.
        if count > 0 {
            try change { contents in
                contents.auditNumber = max(contents.auditNumber, contents.audit.last?.number ?? 0)
                contents.audit.removeFirst(count)
            }
        }
        return count == countMax
    }
}
