/// One entry bundle after reading: its leaf hashes, its entries' outer fields, and how its tile differs.
struct BundleDigest: Sendable {
    /// The first position where the stored tile differs from the hashes, and the object of the entry there.
    struct TileDifference: Sendable {
        let position: Int
        let object: [UInt8]?
    }

    let firstIndex: UInt64
    let hashes: [MerkleHash]
    /// One for each entry, nil for a malformed one; empty when entries are not looked into.
    let entries: [ScannedEntry?]
    /// The root over the hashes, of a full bundle only.
    let root: MerkleHash?
    let tileDifference: TileDifference?
    /// Whether both the bundle and its tile are missing.
    let isMissing: Bool
    private(set) var findings = FindingList()
    /// The entries that were read whole, in order.
    private(set) var wholeEntries: [WholeEntry] = []
    private var bundle: StoredBundle

    /// Reads, hashes and scans the bundle at `number` of a log of `size` entries.
    init(
        number: UInt64, size: UInt64, source: some AuditSource, tilesOnly: Bool, memory: inout BundleMemory
    ) throws(AuditSourceError) {
        let width = TilePath.width(kind: .entries, index: number, size: size)
        firstIndex = number * UInt64(TilePath.fullWidth)
        let hasTile = try memory.tile.read(
            TilePath(kind: .hashes(level: 0), index: number, width: width), source: source)
        let hasBundle = try memory.bundle.read(TilePath(kind: .entries, index: number, width: width), source: source)
        bundle = StoredBundle(bytes: memory.bundle.bytes, width: width, isFullFile: memory.bundle.isFullFile)
        if !hasBundle, tilesOnly, hasTile, memory.tile.bytes.count >= width * MerkleHash.byteCount {
            // Some logs publish no bundles; their tiles can still be compared with their checkpoint.
            hashes = (0..<width).map { MerkleHash(memory.tile.bytes.span, at: $0 * MerkleHash.byteCount) }
        } else {
            hashes = memory.hasher.leaves(of: bundle.places, in: bundle.bytes)
        }
        entries = tilesOnly ? [] : bundle.scanned()
        root = hashes.count == TilePath.fullWidth ? memory.hasher.subtreeRoot(hashes[...]) : nil
        isMissing = !hasBundle && !hasTile
        let difference = hasTile ? memory.tile.difference(from: hashes) : 0
        tileDifference =
            if let difference, !hashes.isEmpty {
                TileDifference(position: difference, object: tilesOnly ? nil : bundle.object(at: difference))
            } else {
                nil
            }
        judge(isThere: hasBundle, width: width)
        for position in entries.indices where entries[position] == nil { addMalformed(position) }
    }

    private mutating func judge(isThere: Bool, width: Int) {
        let index = firstIndex + UInt64(hashes.count)
        if hashes.count < width {
            let detail = isThere ? "the entry bundle ends or breaks off before it" : "its entry bundle is missing"
            findings.add(
                AuditFinding(
                    bundle.endsClean ? .truncated : .malformedEntry, index: index,
                    detail: "the checkpoint covers this entry, and \(detail)"))
        } else if isThere, !bundle.endsClean {
            findings.add(
                AuditFinding(
                    .malformedEntry, index: index,
                    detail: "the entry bundle holds more than the \(width) entries that the checkpoint covers"))
        }
    }

    private mutating func addMalformed(_ position: Int, _ reason: String = AuditFinding.malformedEntryDetail) {
        findings.add(
            AuditFinding(
                .malformedEntry, index: firstIndex + UInt64(position), object: bundle.object(at: position),
                detail: reason))
    }

    /// Decodes the entries that need more than their outer fields, and drops the bundle's bytes.
    mutating func readWhole(_ rules: WholeEntry.Rules) {
        for (position, scanned) in entries.enumerated() {
            guard let scanned, rules.mustRead(scanned) else { continue }
            do {
                let whole = WholeEntry(position: position, entry: try entry(at: position), rules: rules)
                if rules.mustKeep(whole.entry, scanned) { wholeEntries.append(whole) }
            } catch {
                addMalformed(position, error.reason)
            }
        }
        bundle = StoredBundle(bytes: [], width: 0, isFullFile: false)
    }

    /// Decodes one entry.
    ///
    /// - Throws: `malformed_entry`, `unknown_term`.
    func entry(at position: Int) throws(TraceLogError) -> Entry {
        try Entry.decode(bundle.bytes[bundle.places[position]])
    }
}

/// Memory that is used again from bundle to bundle: a hasher, and buffers for a tile and a bundle.
struct BundleMemory: ~Copyable {
    var hasher = MerkleHasher()
    fileprivate var tile = StoredFile()
    fileprivate var bundle = StoredFile()
}
