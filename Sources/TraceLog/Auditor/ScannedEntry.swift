/// The outer fields of an entry that replaying chains needs: 80 bytes.
struct ScannedEntry: Sendable {
    let object: ObjectKey
    let kind: LogEvent.Kind?
    let isSigned: Bool
    let hasCommitments: Bool
    private let hasPrevious: Bool
    let sequence: UInt64
    let recordedAtMilliseconds: UInt64
    private let previousIndex: UInt64
    private let previousHash: MerkleHash

    /// Scans one entry; nil when it is malformed.
    @inline(__always)
    init?(_ bytes: Span<UInt8>) {
        guard let entry = EntryScanner(bytes) else { return nil }
        object = ObjectKey(bytes, entry.objectRange)
        kind = entry.eventKind
        isSigned = entry.isSigned
        hasCommitments = entry.commitmentsRange.count > 1
        hasPrevious = entry.previous != nil
        sequence = entry.sequence
        recordedAtMilliseconds = entry.recordedAtMilliseconds
        previousIndex = entry.previous?.index ?? 0
        previousHash = entry.previous?.leafHash ?? MerkleHash()
    }

    /// The previous entry that this one names; nil for a first entry.
    var previous: EntryLink? {
        hasPrevious ? EntryLink(leafHash: previousHash, index: previousIndex) : nil
    }
}

extension StoredBundle {
    /// The outer fields of every entry; nil where it is malformed.
    func scanned() -> [ScannedEntry?] {
        var entries: [ScannedEntry?] = []
        let span = bytes.span
        entries.append(addingCapacity: places.count) { room in
            for position in 0..<places.count { room.append(ScannedEntry(span.extracting(places[position]))) }
        }
        return entries
    }

    /// The object of an entry, even where the rest of the entry is broken.
    func object(at position: Int) -> [UInt8]? {
        guard position < places.count else { return nil }
        // An entry opens with an array of 11, version 1 and a byte string of up to 16.
        let bytes = bytes[places[position]]
        guard bytes.count > 3, bytes.starts(with: [0x8B, 0x01]) else { return nil }
        let byteCount = Int(bytes[bytes.startIndex + 2]) - 0x40
        guard byteCount == 0 || ObjectID.byteCounts.contains(byteCount), bytes.count >= 3 + byteCount else {
            return nil
        }
        return Array(bytes.dropFirst(3).prefix(byteCount))
    }
}
