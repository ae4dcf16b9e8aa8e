import Signing

/// Goes through the log in order and holds every entry to those before it.
struct ChainReplay: ~Copyable {
    private let signatures: AuditOptions.Signatures
    private let openings: OpeningIndex?
    private var objects = ObjectTable()
    private var keys = ActorKeys()
    private var newestTimeMilliseconds: UInt64 = 0
    private var commitments = CommitmentLedger()
    // Entries of one batch share one signature; it is checked once, as long as the batches are not interleaved.
    private var newestBatch: (signature: [UInt8], message: [UInt8])?
    private(set) var eventCount: UInt64 = 0
    private(set) var jobs: [SignatureJob] = []
    var findings = FindingList()

    private let watched: ObjectKey?
    /// The entries of the object that is watched.
    private(set) var watchedEntries: [(entry: Entry, link: EntryLink)] = []
    /// The newest heads entry whose statement holds.
    private(set) var newestHeads: (index: UInt64, statement: HeadsStatement)?

    init(signatures: AuditOptions.Signatures, openings: OpeningIndex?, watched: ObjectKey? = nil) {
        self.signatures = signatures
        self.openings = openings
        self.watched = watched
    }

    /// How many objects there are, the log itself left out.
    var objectCount: UInt64 { UInt64(objects.count) - (hasLogChain ? 1 : 0) }
    var objectByteCount: Int { objects.byteCount }
    private var hasLogChain = false

    /// Hands out the signatures that wait to be checked.
    mutating func takeJobs() -> [SignatureJob] {
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
    }

    /// Takes the next bundle's entries in.
    mutating func accept(_ digest: BundleDigest) {
        for position in digest.entries.indices {
            let index = digest.firstIndex + UInt64(position)
            guard let entry = digest.entries[position] else {
                findings.add(
                    AuditFinding(
                        .malformedEntry, index: index, object: digest.object(at: position),
                        detail: "the entry's bytes and the entry's rules"))
                continue
            }
            accept(entry, at: EntryLink(leafHash: digest.hashes[position], index: index))
            let isPlain = entry.kind == .observed && !entry.hasCommitments
            if !isPlain || signatures == .all || (signatures == .batch && entry.isSigned) {
                acceptWhole(digest.bytes(of: position), at: index, object: entry.object)
            }
            if let watched, entry.object == watched, let whole = try? Entry.decode(digest.bytes(of: position)) {
                watchedEntries.append((whole, EntryLink(leafHash: digest.hashes[position], index: index)))
            }
        }
    }

    private mutating func accept(_ entry: BundleDigest.Scanned, at link: EntryLink) {
        if entry.object.byteCount == 0 { hasLogChain = true }
        if entry.kind == .observed { eventCount += 1 }
        if entry.recordedAtMilliseconds < newestTimeMilliseconds {
            add(.timeRegression, link.index, entry.object, "the entry's recorded time and that of the entry before it")
        } else {
            newestTimeMilliseconds = entry.recordedAtMilliseconds
        }
        let number = objects.record(of: entry.object)
        let count = objects.entryCount(number)
        if entry.sequence < count {
            add(.duplicateEvent, link.index, entry.object, "this entry and an earlier one of the same sequence")
            return
        }
        if entry.sequence > count {
            add(
                .sequenceGap, link.index, entry.object,
                "the entry says sequence \(entry.sequence), and \(count) is next")
        } else if entry.previous != objects.newest(number) {
            add(.chainBreak, link.index, entry.object, "the entry's link and the object's entry before it")
        }
        let next = entry.sequence == .max ? entry.sequence : entry.sequence + 1
        if entry.kind == .heads {
            pendingHeads = (entry.object, next, link)
        } else {
            objects.set(number, entryCount: next, newest: link)
        }
    }

    // A heads entry's own place in its object's chain, which is taken in after its statement was judged.
    private var pendingHeads: (object: ObjectKey, count: UInt64, link: EntryLink)?

    private mutating func settle() {
        guard let pending = pendingHeads else { return }
        objects.set(objects.record(of: pending.object), entryCount: pending.count, newest: pending.link)
        pendingHeads = nil
    }

    private mutating func acceptWhole(_ bytes: ArraySlice<UInt8>, at index: UInt64, object: ObjectKey) {
        defer { settle() }
        let entry: Entry
        do {
            entry = try Entry.decode(bytes)
        } catch {
            add(.malformedEntry, index, object, error.reason)
            return
        }
        switch entry.event {
        case .observed: break
        case .erased(let erasure): commitments.erase(erasure)
        case .keyStatus(let change):
            if entry.object != .log || !keys.accept(change) {
                add(.actorSignature, index, object, "the key's record and the one who changes it")
            }
        case .heads(let heads): check(heads, at: index, object: object)
        }
        if openings != nil {
            for commitment in entry.commitments { commitments.note(commitment, index: index, object: object) }
        }
        if let signature = entry.signature, signatures != .none {
            prepare(signature, of: entry, index: index, object: object)
        }
    }

    private mutating func check(_ heads: HeadsStatement, at index: UInt64, object: ObjectKey) {
        let own = objects.headsRoot()
        guard heads.entryCount != index || own.count != heads.objectCount || own.root != heads.root else {
            newestHeads = (index, heads)
            return
        }
        add(.headsMismatch, index, object, "the heads entry and the objects' newest entries before it")
    }

    private mutating func prepare(
        _ signature: ActorSignature, of entry: Entry, index: UInt64, object: ObjectKey
    ) {
        if case .alone = signature, signatures == .batch { return }
        switch keys.judge(entry, index: index) {
        case .failure(let refusal): add(refusal.code, index, object, refusal.detail)
        case .success(let key):
            guard let signed = try? entry.signedBytes(), let claim = signature.claim(signedBytes: signed) else {
                add(.actorSignature, index, object, "the entry and its path to the batch's root")
                return
            }
            if case .batch = signature {
                if let newest = newestBatch, newest == claim { return }
                newestBatch = claim
            }
            jobs.append(
                SignatureJob(
                    index: index, object: object.bytes, key: key, signature: claim.signature,
                    message: claim.message))
        }
    }

    /// Says what is known only at the end: commitments that nothing opens.
    mutating func finish() {
        guard let openings else { return }
        findings.add(commitments.judge(openings))
    }

    private mutating func add(_ code: AuditFinding.Code, _ index: UInt64, _ object: ObjectKey, _ detail: String) {
        findings.add(AuditFinding(code, index: index, object: object.bytes, detail: detail))
    }
}
