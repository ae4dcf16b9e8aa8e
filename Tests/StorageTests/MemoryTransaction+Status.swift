import Credential

@testable import Storage

extension MemoryTransaction {
    func liveStatusPlaces(code: [UInt8]?, subject: String?, at now: UInt64) -> [StatusPlace] {
        let live = contents.codes.filter { $0.expiresAt.map { $0 > now } ?? true }
        func places(_ codes: [IssuedCodeRecord], _ index: (IssuedCodeRecord) -> UInt64?) -> [StatusPlace] {
            codes.compactMap { code in
                guard let list = code.list?.name, let index = index(code) else { return nil }
                return StatusPlace(list: list, index: index)
            }
        }
        return places(live.filter { $0.id == code || $0.subject == subject }, \.statusIndex)
            + places(live.filter { $0.actor != nil && $0.actor == subject }, \.actorIndex)
    }

    func codes(of subject: String, after: [UInt8]?, count: Int) -> [StoredCode] {
        func precedes(_ first: IssuedCodeRecord, _ second: IssuedCodeRecord) -> Bool {
            first.issuedAt == second.issuedAt
                ? first.id.lexicographicallyPrecedes(second.id) : first.issuedAt < second.issuedAt
        }
        var codes = contents.codes.filter { $0.subject == subject || $0.actor == subject }.sorted(by: precedes)
        if let after {
            guard let start = codes.first(where: { $0.id == after }) else { return [] }
            codes = codes.filter { precedes(start, $0) }
        }
        return codes.prefix(count).map(stored)
    }

    private func stored(_ code: IssuedCodeRecord) -> StoredCode {
        let revoked = [code.statusIndex, code.actorIndex].compactMap(\.self).compactMap { index in
            code.list.flatMap { contents.revocations[StatusPlace(list: $0.name, index: index)] }.map { (index, $0) }
        }.min { ($0.1.at, $0.0) < ($1.1.at, $1.0) }
        let past = PastCode(
            id: code.id, subject: code.subject, guardian: code.actor, form: code.form, kind: code.kind,
            list: code.list?.name, statusIndex: code.statusIndex, issuedAt: code.issuedAt,
            expiresAt: code.expiresAt, keyIdentifier: code.keyIdentifier, revokedAt: revoked?.1.at,
            revocationReason: nil)
        return StoredCode(code: past, sealedReason: revoked?.1.sealedReason, revokedIndex: revoked?.0)
    }

    func insertCode(_ code: IssuedCodeRecord) throws {
        let isTaken = contents.codes.contains { other in
            other.day == code.day && other.id == code.id
                || (code.statusIndex != nil && other.statusIndex == code.statusIndex
                    && other.list?.name == code.list?.name)
        }
        try change(if: !isTaken) { $0.codes.append(code) }
    }

    func revoke(_ place: StatusPlace, at now: UInt64, sealedReason: [UInt8]?) throws -> Bool {
        guard contents.revocations[place] == nil else { return false }
        try change { $0.revocations[place] = .init(at: now, sealedReason: sealedReason) }
        return true
    }
}

extension MemoryTransaction {
    func newestStatusBlock(of list: String) -> StatusBlock? {
        guard let (base, block) = contents.blocks[list]?.max(by: { $0.key < $1.key }) else { return nil }
        let next = block.used < block.order.count ? UInt64(block.order[block.used]) : nil
        return StatusBlock(base: base, used: block.used, next: next)
    }

    func insertStatusBlock(of list: String, base: UInt64, order: [UInt16]) throws {
        try change(if: contents.blocks[list]?[base] == nil) { contents in
            contents.blocks[list, default: [:]][base] = .init(order: order, used: 1)
            guard let old = contents.position else { return }
            contents.position = RegistryPosition(
                installation: old.installation, commitCount: old.commitCount, blockCommitCount: old.commitCount + 1)
        }
    }

    func setUsedCount(_ used: Int, ofStatusBlock base: UInt64, of list: String) throws {
        guard contents.blocks[list]?[base] != nil else { return }
        try change { $0.blocks[list]?[base]?.used = used }
    }

    func closeStatusBlock(_ base: UInt64, of list: String) throws {
        guard contents.blocks[list]?[base] != nil else { return }
        try change { $0.blocks[list]?[base] = .init(order: [], used: Registry.statusBlockCount) }
    }

    func statusFloor(named list: String) -> UInt64? { contents.floors[list] }

    func raiseStatusFloor(named list: String, to base: UInt64) throws {
        try change { $0.floors[list] = max($0.floors[list] ?? 0, base) }
    }

    func statusListNames() -> Set<String> {
        Set(contents.blocks.keys).union(contents.revocations.keys.map(\.list)).union(contents.floors.keys)
    }

    func revokedIndices(of list: String, in range: Range<UInt64>) -> [UInt64] {
        contents.revocations.keys.filter { $0.list == list && range.contains($0.index) }.map(\.index).sorted()
    }

    func revokedCount(of list: String, in range: Range<UInt64>) -> Int {
        revokedIndices(of: list, in: range).count
    }

    func revokedBounds(of list: String) -> (first: UInt64, last: UInt64)? {
        let indices = revokedIndices(of: list, in: 0..<UInt64(Int64.max))
        guard let first = indices.first, let last = indices.last else { return nil }
        return (first, last)
    }
}
