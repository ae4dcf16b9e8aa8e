/// Reads an entry's outer fields in place, without an allocation, and checks that all of it is deterministic CBOR.
///
/// An auditor replays chains with it. It does not check the inner rules of events; `Entry.decode` does.
package struct EntryScanner: Sendable {
    /// The range of the object id in the entry's bytes.
    package let objectRange: Range<Int>
    package let sequence: UInt64
    /// The previous entry that this one names; nil where both fields are null.
    package let previous: EntryLink?
    package let recordedAtMilliseconds: UInt64
    /// The value of the event's key 0; nil for an unknown kind.
    package let eventKind: LogEvent.Kind?
    /// The range of the encoded commitments.
    package let commitmentsRange: Range<Int>
    /// The range of the encoded signature; one byte when it is null.
    package let signatureRange: Range<Int>

    package var isSigned: Bool { signatureRange.count > 1 }

    /// Scans one entry; nil when it is malformed, for a reason that `Entry.decode` gives.
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
        guard cursor.item(depthLeft: Entry.depthMax, in: bytes) != nil,
            let commitments = cursor.item(depthLeft: 2, in: bytes),
            let signature = cursor.item(depthLeft: 3, in: bytes), cursor.position == bytes.count
        else { return nil }
        commitmentsRange = commitments
        signatureRange = signature
    }

    @inline(__always)
    private static func kind(_ bytes: Span<UInt8>, at position: Int) -> LogEvent.Kind? {
        // Map head, key 0, kind: each one byte for every kind there is.
        guard position + 2 < bytes.count, bytes[position] >> 5 == 5, bytes[position + 1] == 0 else { return nil }
        let kind = bytes[position + 2]
        // Nearly all entries are of this kind, which saves them the call that looks the number up.
        return kind == LogEvent.Kind.observed.rawValue ? .observed : LogEvent.Kind(rawValue: UInt64(kind))
    }
}
