/// Follows an object's chain backwards from its newest entry, and proves every entry to the checkpoint.
struct ChainWalk<Source: AuditSource> {
    private let checkpoint: Checkpoint
    private let source: Source
    /// The entries of the objects looked out for in all bundles that were read.
    private(set) var sightings: ObjectSightings
    private(set) var entryReadCount: UInt64 = 0
    private(set) var findings: [AuditFinding] = []
    private var newestBundle: (number: UInt64, digest: BundleDigest)?

    init(checkpoint: Checkpoint, sightings: ObjectSightings, source: Source) {
        self.checkpoint = checkpoint
        self.sightings = sightings
        self.source = source
    }

    /// The chain of `object` that ends in the entry at `newest`, the oldest first; as much of it as holds.
    ///
    /// It is no longer than the newest entry's sequence says.
    ///
    /// - Throws: `AuditSourceError`.
    mutating func chain(
        of object: ObjectID, newest: ObjectSightings.Sighting, tree: inout TileNodeSource
    ) throws(AuditSourceError) -> [(entry: Entry, link: EntryLink)] {
        var entries: [(entry: Entry, link: EntryLink)] = []
        var next: (link: EntryLink, sequence: UInt64, limit: UInt64)? = (
            newest.link, newest.sequence, checkpoint.size
        )
        var namedBy: UInt64?
        while let (link, sequence, limit) = next {
            guard link.index < limit else {
                add(
                    .chainBreak, namedBy ?? link.index, object,
                    "the entry's link leads to \(link.index), which is not before it")
                break
            }
            guard let entry = try read(link, of: object, namedBy: namedBy, tree: &tree) else { break }
            guard entry.object == object else {
                add(
                    .chainBreak, namedBy ?? link.index, object,
                    "the link to \(link.index) leads to another object's entry")
                break
            }
            if entry.sequence != sequence {
                add(
                    .sequenceGap, link.index, object,
                    "the entry says sequence \(entry.sequence), and what follows it asks for \(sequence)")
                break
            }
            if let later = entries.last, later.entry.recordedAtMilliseconds < entry.recordedAtMilliseconds {
                add(
                    .timeRegression, later.link.index, object,
                    "the entry's recorded time and that of the entry before it")
            }
            entries.append((entry, link))
            if sequence == 0 {
                if entry.previous != nil {
                    add(.chainBreak, link.index, object, "a first entry that names one before it")
                }
                break
            }
            guard let previous = entry.previous else {
                add(.chainBreak, link.index, object, "entry \(sequence) of the object names none before it")
                break
            }
            namedBy = link.index
            next = (previous, sequence - 1, link.index)
        }
        return entries.reversed()
    }

    private mutating func read(
        _ link: EntryLink, of object: ObjectID, namedBy: UInt64?, tree: inout TileNodeSource
    ) throws(AuditSourceError) -> Entry? {
        let digest = try bundle(link.index / UInt64(TilePath.fullWidth))
        let position = Int(link.index % UInt64(TilePath.fullWidth))
        guard position < digest.hashes.count else {
            findings += digest.findings.all
            return nil
        }
        let leaf = digest.hashes[position]
        do {
            let proof = try InclusionProof(leafIndex: link.index, treeSize: checkpoint.size, from: &tree)
            guard proof.isValid(leaf: leaf, root: checkpoint.root) else {
                add(.leafMismatch, link.index, object, "the entry is not under the checkpoint's root")
                return nil
            }
        } catch {
            findings.append(
                AuditFinding(
                    .tileMismatch, index: link.index, object: object.bytes, detail: error.reason, unreadable: error))
            return nil
        }
        guard leaf == link.leafHash else {
            add(
                .chainBreak, namedBy ?? link.index, object,
                "the link's leaf hash and that of the entry at \(link.index)")
            return nil
        }
        guard let entry = try? digest.entry(at: position) else {
            add(.malformedEntry, link.index, object, "the entry's bytes and the entry's rules")
            return nil
        }
        return entry
    }

    private mutating func bundle(_ number: UInt64) throws(AuditSourceError) -> BundleDigest {
        if let newestBundle, newestBundle.number == number { return newestBundle.digest }
        var memory = BundleMemory()
        let digest = try BundleDigest(
            number: number, size: checkpoint.size, source: source, tilesOnly: false, memory: &memory)
        sightings.look(at: digest)
        entryReadCount += UInt64(digest.hashes.count)
        newestBundle = (number, digest)
        return digest
    }

    private mutating func add(_ code: AuditFinding.Code, _ index: UInt64, _ object: ObjectID, _ detail: String) {
        findings.append(AuditFinding(code, index: index, object: object.bytes, detail: detail))
    }
}
