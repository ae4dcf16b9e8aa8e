/// Reads an entry's outer fields in place, without an allocation, and checks that all of it is deterministic CBOR.
///
/// It knows nothing of an event's inner rules, which `Entry.decode` checks; it is what an auditor replays chains with.
package struct EntryScanner: Sendable {
    /// Where the object id stands in the entry's bytes.
    package let objectRange: Range<Int>
    package let sequence: UInt64
    /// What the entry says stands before it; nil for both fields null.
    package let previous: EntryLink?
    package let recordedAtMilliseconds: UInt64
    /// Where the encoded event stands.
    package let eventRange: Range<Int>
    /// What key 0 of the event says; nil for a kind this version does not know.
    package let eventKind: LogEvent.Kind?
    /// Where the encoded commitments stand.
    package let commitmentsRange: Range<Int>
    /// Where the encoded signature stands; one byte when it is null.
    package let signatureRange: Range<Int>

    package var isSigned: Bool { signatureRange.count > 1 }

    /// Scans one whole entry; nil when it is malformed, for which `Entry.decode` has the reason.
    @inline(__always)
    package init?(_ bytes: Span<UInt8>) {
        var cursor = ScanCursor()
        guard bytes.count <= Entry.byteCountMax,
            cursor.head(ScanCursor.Major.array, in: bytes) == UInt64(Entry.fieldCount),
            cursor.head(ScanCursor.Major.unsigned, in: bytes) == Entry.version,
            let object = cursor.string(ScanCursor.Major.byteString, in: bytes),
            object.isEmpty || ObjectID.byteCounts.contains(object.count),
            let sequence = cursor.head(ScanCursor.Major.unsigned, in: bytes)
        else { return nil }
        objectRange = object
        self.sequence = sequence
        if cursor.takeNull(in: bytes) {
            guard cursor.takeNull(in: bytes) else { return nil }
            previous = nil
        } else {
            guard let hash = cursor.byteString(count: MerkleHash.byteCount, in: bytes),
                let index = cursor.head(ScanCursor.Major.unsigned, in: bytes)
            else { return nil }
            previous = EntryLink(leafHash: MerkleHash(bytes, at: hash), index: index)
        }
        guard let recordedAt = cursor.head(ScanCursor.Major.unsigned, in: bytes),
            let actor = cursor.string(ScanCursor.Major.text, in: bytes),
            actor.isEmpty || actor.count == 18
        else { return nil }
        recordedAtMilliseconds = recordedAt
        if !cursor.takeNull(in: bytes) {
            guard let key = cursor.string(ScanCursor.Major.byteString, in: bytes),
                Entry.keyIdentifierByteCounts.contains(key.count)
            else {
                return nil
            }
        }
        eventKind = Self.kind(bytes, at: cursor.position)
        guard let event = cursor.item(depthLeft: Entry.depthMax, in: bytes),
            let commitments = cursor.item(depthLeft: 2, in: bytes),
            let signature = cursor.item(depthLeft: 3, in: bytes), cursor.position == bytes.count
        else { return nil }
        eventRange = event
        commitmentsRange = commitments
        signatureRange = signature
    }

    @inline(__always)
    private static func kind(_ bytes: Span<UInt8>, at position: Int) -> LogEvent.Kind? {
        // Map head, key 0, kind: each one byte for every kind there is.
        guard position + 2 < bytes.count, bytes[position] >> 5 == 5, bytes[position + 1] == 0 else { return nil }
        let kind = bytes[position + 2]
        // Looking the number up takes a call, which the kind that nearly all have is spared.
        return kind == LogEvent.Kind.observed.rawValue ? .observed : LogEvent.Kind(rawValue: UInt64(kind))
    }
}
