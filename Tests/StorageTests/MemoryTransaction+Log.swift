import TraceLog

@testable import Storage

extension MemoryTransaction {
    func isKept() -> Bool { true }

    func newestEntry() -> (index: UInt64, recordedAtMilliseconds: UInt64)? {
        contents.rows.max { $0.key < $1.key }.map { ($0.key, $0.value.recordedAtMilliseconds) }
    }

    func newestOwnEntry() -> OwnEntry? {
        contents.rows.filter { $0.value.object.isEmpty }.max { $0.value.sequence < $1.value.sequence }.map { row in
            OwnEntry(
                index: row.key, sequence: row.value.sequence,
                recordedAtMilliseconds: row.value.recordedAtMilliseconds, bytes: row.value.entry?.bytes ?? [])
        }
    }

    func object(ofEntry index: UInt64) -> [UInt8]? { contents.rows[index]?.object }

    func entries(_ range: Range<UInt64>) -> [StoredEntry] {
        contents.rows.values.compactMap(\.entry).filter { range.contains($0.index) }.sorted { $0.index < $1.index }
    }

    func entryByteCount(_ range: Range<UInt64>) -> UInt64 {
        entries(range).reduce(0) { $0 + UInt64($1.bytes.count) }
    }

    func entries(of object: ObjectID, from sequence: UInt64, count: Int) -> [StoredEntry] {
        let rows = contents.rows.values.filter { $0.object == object.bytes && $0.sequence >= sequence }
        return Array(rows.sorted { $0.sequence < $1.sequence }.compactMap(\.entry).prefix(count))
    }

    func visitOwnEntries(
        containing part: [UInt8], before end: UInt64?, newestFirst isNewestFirst: Bool,
        _ visit: (_ index: UInt64, _ bytes: [UInt8]) throws -> Bool
    ) throws {
        let rows = contents.rows.values.filter(\.object.isEmpty).sorted { $0.sequence < $1.sequence }
        let entries = rows.compactMap(\.entry).filter { entry in
            entry.index < end ?? .max && (part.isEmpty || entry.bytes.contains(part))
        }
        for entry in isNewestFirst ? entries.reversed() : entries {
            guard try visit(entry.index, entry.bytes) else { return }
        }
    }

    func head(of object: ObjectID) -> ObjectHead? { contents.heads[object.bytes] }

    func head(of object: ObjectID, before index: UInt64) -> ObjectHead? {
        let rows = contents.rows.filter { $0.key < index && $0.value.object == object.bytes }
        guard let newest = rows.values.max(by: { $0.sequence < $1.sequence }) else { return nil }
        return newest.entry?.head(of: object, sequence: newest.sequence)
    }

    func heads(from object: [UInt8], count: Int) -> [ObjectHead] {
        let later = contents.heads.filter { !$0.key.lexicographicallyPrecedes(object) }
        return later.sorted { $0.key.lexicographicallyPrecedes($1.key) }.prefix(count).map(\.value)
    }

    func newestHeadIndex() -> UInt64? { contents.heads.values.map(\.link.index).max() }

    func openings(_ range: Range<UInt64>, count: Int) -> [StoredOpening] {
        let indices = contents.openings.keys.filter(range.contains).sorted()
        let rows = indices.flatMap { contents.openings[$0] ?? [] }
        return Array(rows.filter(\.isKept).map(\.stored).prefix(count))
    }

    func keptRequest(_ keys: (String, String)) -> KeptRequest? {
        contents.requests[keys.0] ?? contents.requests[keys.1]
    }

    func logFloor() -> LogFloor? { contents.floor }
}

extension MemoryTransaction {
    func appendEntry(_ entry: StoredEntry, head: ObjectHead, recordedAtMilliseconds: UInt64) throws {
        let row = MemoryContents.Row(
            object: head.object.bytes, sequence: head.sequence, recordedAtMilliseconds: recordedAtMilliseconds,
            entry: entry)
        try insert(row, at: entry.index)
        contents.heads[head.object.bytes] = head
    }

    func reserveEntry(_ entry: OwnEntry) throws {
        let row = MemoryContents.Row(
            object: [], sequence: entry.sequence, recordedAtMilliseconds: entry.recordedAtMilliseconds)
        try insert(row, at: entry.index)
    }

    private func insert(_ row: MemoryContents.Row, at index: UInt64) throws {
        let isTaken = contents.rows.values.contains { $0.object == row.object && $0.sequence == row.sequence }
        try change(if: contents.rows[index] == nil && !isTaken) { $0.rows[index] = row }
    }

    func fillEntry(_ entry: StoredEntry, head: ObjectHead) throws {
        try change { contents in
            contents.rows[entry.index]?.entry = entry
            contents.heads[head.object.bytes] = head
        }
    }

    func insertOpenings(_ openings: [StoredOpening], of index: UInt64) throws {
        guard !openings.isEmpty else { return }
        try change(if: contents.openings[index] == nil) { $0.openings[index] = openings.map { .init(stored: $0) } }
    }

    func eraseOpenings(of index: UInt64) throws -> [MerkleHash] {
        let kept = (contents.openings[index] ?? []).filter(\.isKept).map(\.stored.commitment)
        if contents.openings[index] != nil {
            try change { contents in
                contents.openings[index] = contents.openings[index]?.map { row in
                    let zeros = [UInt8](repeating: 0, count: row.stored.sealed.count)
                    return .init(
                        stored: StoredOpening(index: index, commitment: row.stored.commitment, sealed: zeros),
                        isKept: false)
                }
            }
        }
        return kept.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    func insertRequest(_ request: KeptRequest, key: String) throws {
        try change(if: contents.requests[key] == nil) { $0.requests[key] = request }
    }

    func setLogFloor(_ floor: LogFloor) throws { try change { $0.floor = floor } }

    func removeLogFloor() throws {
        guard contents.floor != nil else { return }
        try change { $0.floor = nil }
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard part.count <= count else { return false }
        return (0...count - part.count).contains { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
