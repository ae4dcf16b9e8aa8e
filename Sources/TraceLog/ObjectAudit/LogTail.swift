/// The end of a log from its newest heads entry on, read backwards bundle by bundle and proved to the checkpoint.
struct LogTail {
    /// The most entries that are read in search of a heads entry; beyond that the whole log is read instead.
    static let entryCountMax: UInt64 = 1 << 18

    /// The newest heads entry; nil where there is none within the limit.
    private(set) var heads: (index: UInt64, statement: HeadsStatement)?
    /// The wanted objects' entries in the bundles that were read.
    private(set) var sightings: ObjectSightings
    private(set) var entryReadCount: UInt64 = 0
    private(set) var findings: [AuditFinding] = []

    private var digests: [(first: UInt64, hashes: [MerkleHash], root: MerkleHash?)] = []
    private var hasher = HasherBox()

    /// Reads backwards from the end to the newest heads entry, and proves these entries to `root`.
    ///
    /// - Throws: `AuditSourceError`.
    init(
        objects: [ObjectID], size: UInt64, root: MerkleHash, source: some AuditSource, tree: inout TileNodeSource
    ) throws(AuditSourceError) {
        sightings = ObjectSightings(of: objects)
        var bundle = (size + UInt64(TilePath.fullWidth) - 1) / UInt64(TilePath.fullWidth)
        while bundle > 0, heads == nil, entryReadCount < Self.entryCountMax, findings.isEmpty {
            bundle -= 1
            try read(bundle, size: size, source: source)
        }
        guard heads != nil || bundle == 0, findings.isEmpty else { return }
        prove(from: bundle * UInt64(TilePath.fullWidth), size: size, root: root, tree: &tree)
    }

    private mutating func read(
        _ number: UInt64, size: UInt64, source: some AuditSource
    ) throws(AuditSourceError) {
        var memory = BundleMemory()
        let digest = try BundleDigest(number: number, size: size, source: source, tilesOnly: false, memory: &memory)
        findings += digest.findings.all
        if let difference = digest.tileDifference {
            findings.append(
                AuditFinding(
                    .leafMismatch, index: digest.firstIndex + UInt64(difference.position), object: difference.object,
                    detail: AuditFinding.leafMismatchDetail))
        }
        guard findings.isEmpty else { return }
        entryReadCount += UInt64(digest.hashes.count)
        digests.append((digest.firstIndex, digest.root == nil ? digest.hashes : [], digest.root))
        sightings.look(at: digest)
        let position = digest.entries.lastIndex { $0?.kind == .heads && $0?.object == .log }
        guard let position else { return }
        let index = digest.firstIndex + UInt64(position)
        guard let entry = try? digest.entry(at: position), case .heads(let statement) = entry.event else {
            findings.append(
                AuditFinding(
                    .malformedEntry, index: index, object: digest.entries[position]?.object.bytes,
                    detail: AuditFinding.malformedEntryDetail))
            return
        }
        heads = (index, statement)
    }

    /// The root over the tail and the tiles before it must be the checkpoint's.
    private mutating func prove(from start: UInt64, size: UInt64, root: MerkleHash, tree: inout TileNodeSource) {
        var frontier = MerkleFrontier()
        do {
            frontier = try MerkleFrontier(size: start, from: &tree)
        } catch {
            findings.append(AuditFinding(.tileMismatch, detail: error.reason, unreadable: error))
            return
        }
        for digest in digests.reversed() {
            // One that is too short throws the others out of place, which the size tells below.
            guard frontier.size == digest.first else { break }
            if let subtree = digest.root {
                frontier.append(subtree: subtree, height: TilePath.height, hasher: &hasher.hasher)
            } else {
                for hash in digest.hashes { frontier.append(hash, hasher: &hasher.hasher) }
            }
        }
        guard frontier.size == size, frontier.root(hasher: &hasher.hasher) == root else {
            findings.append(
                AuditFinding(
                    .rootMismatch,
                    detail: "the root over the log's end and the tiles before it does not match the checkpoint's root"))
            return
        }
        digests = []
    }
}

extension MerkleFrontier {
    /// The frontier of a tree's first `size` leaves, from its tiles.
    init(size: UInt64, from tree: inout TileNodeSource) throws(TraceLogError) {
        var peaks: [MerkleHash] = []
        var start: UInt64 = 0
        for level in stride(from: UInt64.bitWidth - 1, through: 0, by: -1) where size >> UInt64(level) & 1 == 1 {
            peaks.append(try tree.node(NodePosition(level: level, index: start >> UInt64(level))))
            start += 1 << UInt64(level)
        }
        guard let frontier = MerkleFrontier(size: size, peaks: peaks) else { throw .outOfTree(size, size: tree.size) }
        self = frontier
    }
}

extension AuditFinding {
    /// A finding for a missing proof; it is no tampering where a file could not even be read.
    init(_ code: Code, index: UInt64? = nil, object: [UInt8]? = nil, detail: String, unreadable error: TraceLogError) {
        self.init(
            code, index: index, object: object, isTampering: error.code != .inputUnreadable, detail: detail)
    }
}
