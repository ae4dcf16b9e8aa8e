/// Follows an object's chain backwards from its newest entry, and proves every entry to the checkpoint.
struct ChainWalk<Source: AuditSource> {
    private let checkpoint: Checkpoint
    private let source: Source
    /// The entries of the wanted objects in all bundles that were read.
    private(set) var sightings: ObjectSightings
    private(set) var entryReadCount: UInt64 = 0
    private(set) var findings: [AuditFinding] = []
    private var newestBundle: (number: UInt64, digest: BundleDigest)?

    init(checkpoint: Checkpoint, sightings: ObjectSightings, source: Source) {
        self.checkpoint = checkpoint
        self.sightings = sightings
        self.source = source
    }

    /// The entries of the object's chain that ends at `newest`, the oldest first, as far as they hold.
    ///
    /// Previous hashes lead backwards from entry to entry; the entries found are then held to the rules of
    /// ``ObjectChain``, from the oldest on. The walk ends where sequences do not fall, so that it is no longer than the
    /// newest entry's sequence says.
    ///
    /// - Throws: `AuditSourceError`.
    mutating func chain(
        of object: ObjectID, newest: ObjectSightings.Sighting, tree: inout TileNodeSource
    ) throws(AuditSourceError) -> [(entry: Entry, link: EntryLink)] {
        var entries: [(entry: Entry, link: EntryLink)] = []
        var next: EntryLink? = newest.link
        var isBroken = false
        while let link = next {
            guard let entry = try read(link, of: object, after: entries.last?.link.index, tree: &tree) else {
                isBroken = true
                break
            }
            if entries.isEmpty, entry.sequence != newest.sequence {
                add(
                    .sequenceGap, link.index, object,
                    "the entry has sequence \(entry.sequence), and the heads list says \(newest.sequence)")
                isBroken = true
                break
            }
            // Sequences that do not fall could lead back for ever; the violation shows between these two entries.
            isBroken = entries.last.map { entry.sequence >= $0.entry.sequence } ?? false
            entries.append((entry, link))
            if entry.sequence > 0, entry.previous == nil {
                add(.chainBreak, link.index, object, ObjectChain.Violation.chainBreak.detail)
                isBroken = true
            }
            next = isBroken || entry.sequence == 0 ? nil : entry.previous
        }
        entries.reverse()
        return held(entries, of: object, isBroken: isBroken)
    }

    /// Checks the entries by the rules of a chain, and keeps those from the last violation on.
    ///
    /// `isBroken` says that the entries before these are unknown, so that the oldest one is taken as it is.
    private mutating func held(
        _ entries: [(entry: Entry, link: EntryLink)], of object: ObjectID, isBroken: Bool
    ) -> [(entry: Entry, link: EntryLink)] {
        var chain = ObjectChain()
        var recordedTime = RecordedTime()
        var firstHeld = 0
        for (position, (entry, link)) in entries.enumerated() {
            if !recordedTime.accept(entry.recordedAtMilliseconds) {
                add(.timeRegression, link.index, object, RecordedTime.violationDetail)
            }
            if isBroken, position == 0 {
                chain = ObjectChain(endingWith: ObjectHead(object: object, sequence: entry.sequence, link: link))
            } else if let violation = chain.accept(sequence: entry.sequence, previous: entry.previous, at: link) {
                add(violation.code, link.index, object, violation.detail)
                firstHeld = position
            }
        }
        return Array(entries[firstHeld...])
    }

    /// Reads the object's entry at `link`, which the entry at `later` names as the one before it.
    ///
    /// Returns nil, and adds a finding, where there is no such entry under the checkpoint's root.
    private mutating func read(
        _ link: EntryLink, of object: ObjectID, after later: UInt64?, tree: inout TileNodeSource
    ) throws(AuditSourceError) -> Entry? {
        let place = later ?? link.index
        guard link.index < later ?? checkpoint.size else {
            add(.chainBreak, place, object, "the entry names a previous index, \(link.index), that is not before it")
            return nil
        }
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
                add(.leafMismatch, link.index, object, AuditFinding.notIncludedDetail)
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
                .chainBreak, place, object, "the entry at \(link.index) does not have the leaf hash that names it")
            return nil
        }
        guard let entry = try? digest.entry(at: position) else {
            add(.malformedEntry, link.index, object, AuditFinding.malformedEntryDetail)
            return nil
        }
        guard entry.object == object else {
            add(.chainBreak, place, object, "the entry before this one, at \(link.index), belongs to another object")
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
