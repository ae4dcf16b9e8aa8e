/// What one thread makes of one entry bundle: its leaves' hashes, its entries' outer fields, its tile's disagreement.
struct BundleDigest: Sendable {
    /// One entry, as far as replaying chains needs it.
    struct Scanned: Sendable {
        let object: ObjectKey
        let sequence: UInt64
        let previous: EntryLink?
        let recordedAtMilliseconds: UInt64
        let kind: LogEvent.Kind?
        let isSigned: Bool
        let hasCommitments: Bool
    }

    let firstIndex: UInt64
    let bundle: StoredBundle
    let hashes: [MerkleHash]
    /// One an entry, nil where it is malformed; empty when entries are opaque.
    let entries: [Scanned?]
    /// The root over the hashes, of a full bundle only.
    let root: MerkleHash?
    /// Where the stored tile first differs from the hashes; nil where it does not.
    let tileDifference: Int?
    let findings: [AuditFinding]
    /// Whether neither the bundle nor its tile is there.
    let isMissing: Bool

    /// Reads, hashes and scans the bundle at `number` of a log of `size` entries.
    init(
        number: UInt64, size: UInt64, source: some AuditSource, tilesOnly: Bool, hasher: inout MerkleHasher
    ) throws(AuditSourceError) {
        let width = TilePath.width(kind: .entries, index: number, size: size)
        let first = number * UInt64(TilePath.fullWidth)
        let tile = try StoredFile(TilePath(kind: .hashes(level: 0), index: number, width: width), source: source)
        let file = try StoredFile(TilePath(kind: .entries, index: number, width: width), source: source)
        let bundle = StoredBundle(bytes: file?.bytes ?? [], width: width, isFullFile: file?.isFullFile ?? false)
        var hashes = hasher.leaves(of: bundle.places, in: bundle.bytes)
        var entries: [Scanned?] = []
        if !tilesOnly {
            entries.reserveCapacity(width)
            let span = bundle.bytes.span
            for position in 0..<bundle.places.count {
                entries.append(Scanned(span.extracting(bundle.places[position])))
            }
        }
        if file == nil, tilesOnly, let tile, tile.bytes.count >= width * MerkleHash.byteCount {
            // Some logs publish no bundles; their tiles and checkpoint can still be held to one another.
            hashes = (0..<width).map { MerkleHash(tile.bytes.span, at: $0 * MerkleHash.byteCount) }
        }
        findings = Self.judge(
            isThere: file != nil, endsClean: bundle.endsClean, count: hashes.count, width: width, first: first)
        root = hashes.count == TilePath.fullWidth ? Tile.subtreeRoot(hashes[...], hasher: &hasher) : nil
        tileDifference = hashes.isEmpty ? nil : tile.map { $0.difference(from: hashes) } ?? 0
        isMissing = file == nil && tile == nil
        firstIndex = first
        self.bundle = bundle
        self.hashes = hashes
        self.entries = entries
    }

    private static func judge(
        isThere: Bool, endsClean: Bool, count: Int, width: Int, first: UInt64
    ) -> [AuditFinding] {
        let index = first + UInt64(count)
        if count < width {
            let code: AuditFinding.Code = endsClean ? .truncated : .malformedEntry
            let detail = isThere ? "the entry bundle ends or breaks before it" : "its entry bundle is not there"
            return [AuditFinding(code, index: index, detail: "the checkpoint covers this entry, and \(detail)")]
        }
        guard isThere, !endsClean else { return [] }
        return [
            AuditFinding(
                .malformedEntry, index: index,
                detail: "the entry bundle holds more than the \(width) entries that the checkpoint covers")
        ]
    }

    /// Where an entry's bytes stand.
    func bytes(of position: Int) -> ArraySlice<UInt8> {
        bundle.bytes[bundle.places[position]]
    }

    /// The object an entry names, even where the rest of it is broken.
    func object(at position: Int) -> [UInt8]? {
        if position < entries.count, let entry = entries[position] { return entry.object.bytes }
        guard position < entries.count else { return nil }
        // An entry opens with an array of 11, version 1 and a byte string of up to 16.
        let bytes = bytes(of: position)
        guard bytes.count > 3, bytes.starts(with: [0x8B, 0x01]) else { return nil }
        let byteCount = Int(bytes[bytes.startIndex + 2]) - 0x40
        guard ObjectID.byteCounts.contains(byteCount), bytes.count >= 3 + byteCount else { return nil }
        return Array(bytes.dropFirst(3).prefix(byteCount))
    }
}

extension BundleDigest.Scanned {
    /// Scans one entry; nil when it is malformed.
    @inline(__always)
    init?(_ bytes: Span<UInt8>) {
        guard let entry = EntryScanner(bytes) else { return nil }
        object = ObjectKey(bytes, entry.objectRange)
        sequence = entry.sequence
        previous = entry.previous
        recordedAtMilliseconds = entry.recordedAtMilliseconds
        kind = entry.eventKind
        isSigned = entry.isSigned
        hasCommitments = entry.commitmentsRange.count > 1
    }
}
