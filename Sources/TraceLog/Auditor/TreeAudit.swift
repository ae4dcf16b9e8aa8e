/// Recomputes the tree from its leaves, and compares tiles, checkpoint and anchors with it.
struct TreeAudit {
    private struct Anchor {
        let checkpoint: Checkpoint
        let isRemembered: Bool
        var root: MerkleHash?
    }

    private struct Disagreement {
        let index: UInt64
        let object: [UInt8]?
    }

    private static let disagreementCountMax = 100

    private let checkpoint: Checkpoint
    private var anchors: [Anchor]
    private var frontier = MerkleFrontier()
    // Its leaves are the roots of full bundles, so that its level 0 is tile level 1 of the tree.
    private var upper = TileAccumulator()
    private var hasher = HasherBox()
    private var disagreements: [Disagreement] = []
    // Findings about tiles above level 0, by index, each with the range of entries that its first wrong hash covers.
    private var upperFindings: [(finding: AuditFinding, range: Range<UInt64>)] = []
    private var findings = FindingList()

    init(checkpoint: Checkpoint, options: AuditOptions) {
        self.checkpoint = checkpoint
        anchors =
            options.anchors.map { Anchor(checkpoint: $0, isRemembered: false) }
            + [options.remembered].compactMap { $0 }.map { Anchor(checkpoint: $0, isRemembered: true) }
    }

    var root: MerkleHash { frontier.root(hasher: &hasher.hasher) }

    /// Adds the next bundle's hashes.
    mutating func accept(_ digest: BundleDigest, source: some AuditSource) throws(AuditSourceError) {
        findings.add(digest.findings.all)
        if let difference = digest.tileDifference, disagreements.count < Self.disagreementCountMax {
            disagreements.append(
                Disagreement(index: digest.firstIndex + UInt64(difference.position), object: difference.object))
        }
        let start = frontier.size
        // Bundles that broke off leave the tree at a place where no further subtree fits.
        guard start == digest.firstIndex else { return }
        for position in anchors.indices {
            let size = anchors[position].checkpoint.size
            guard size >= start, size <= start + UInt64(digest.hashes.count) else { continue }
            var edge = frontier
            for hash in digest.hashes.prefix(Int(size - start)) { edge.append(hash, hasher: &hasher.hasher) }
            anchors[position].root = edge.root(hasher: &hasher.hasher)
        }
        guard let root = digest.root else {
            for hash in digest.hashes { frontier.append(hash, hasher: &hasher.hasher) }
            return
        }
        frontier.append(subtree: root, height: TilePath.height, hasher: &hasher.hasher)
        var full: [Tile] = []
        upper.append(root, hasher: &hasher.hasher) { full.append($0) }
        for tile in full { try compare(tile, source: source) }
    }

    /// The findings, with those that only the end shows: about partial tiles, the root and the anchors.
    mutating func finish(source: some AuditSource) throws(AuditSourceError) -> [AuditFinding] {
        // Where entries are missing, the tiles above them cannot be recomputed.
        if frontier.size == checkpoint.size {
            for tile in upper.partialTiles { try compare(tile, source: source) }
        }
        let isRootRight = frontier.size == checkpoint.size && root == checkpoint.root
        for disagreement in disagreements {
            let detail =
                isRootRight
                ? "the stored tile does not match the entries, which the checkpoint confirms"
                : AuditFinding.leafMismatchDetail
            findings.add(
                AuditFinding(
                    isRootRight ? .tileMismatch : .leafMismatch, index: disagreement.index,
                    object: disagreement.object, detail: detail))
        }
        // A wrong entry changes the tiles above it too, which is no further fault.
        for upper in upperFindings
        where isRootRight || !disagreements.contains(where: { upper.range.contains($0.index) }) {
            findings.add(upper.finding)
        }
        if !isRootRight {
            findings.add(
                AuditFinding(
                    .rootMismatch, detail: "the root over the entries does not match the checkpoint's root"))
        }
        for anchor in anchors { try judge(anchor, source: source) }
        return findings.all
    }

    private mutating func compare(_ tile: Tile, source: some AuditSource) throws(AuditSourceError) {
        guard case .hashes(let below) = tile.path.kind else { return }
        let level = below + 1
        let path = TilePath(kind: .hashes(level: level), index: tile.path.index, width: tile.hashes.count)
        let stored = try StoredFile(path, source: source)
        let difference = stored.map { $0.difference(from: tile.hashes) } ?? 0
        guard let difference else { return }
        let position = tile.path.index * UInt64(TilePath.fullWidth) + UInt64(difference)
        let first = position << UInt64(level * TilePath.height)
        let finding = AuditFinding(
            .tileMismatch, index: first,
            detail: stored == nil
                ? "\(path.path) is missing" : "\(path.path) does not match the tiles below it")
        let place = upperFindings.lastIndex { !AuditFinding.precedes(finding, $0.finding) }.map { $0 + 1 } ?? 0
        upperFindings.insert((finding, first..<first + (1 << UInt64(level * TilePath.height))), at: place)
        if upperFindings.count > Self.disagreementCountMax { upperFindings.removeLast() }
    }

    private mutating func judge(_ anchor: Anchor, source: some AuditSource) throws(AuditSourceError) {
        let (theirs, name) = (anchor.checkpoint, anchor.isRemembered ? "the remembered checkpoint" : "the anchor")
        if let finding = try AnchorProof.beyond(
            theirs, checkpoint, isRemembered: anchor.isRemembered, source: source)
        {
            findings.add(finding)
        } else if let root = theirs.size == 0 ? MerkleHash.emptyRoot : anchor.root, root != theirs.root {
            let agreed = anchors.filter { $0.root == $0.checkpoint.root && $0.checkpoint.size < theirs.size }
            findings.add(
                AuditFinding(
                    .fork, index: agreed.map(\.checkpoint.size).max() ?? 0,
                    detail: "the log's first \(theirs.size) entries do not have the root that \(name) states"))
        }
    }
}
