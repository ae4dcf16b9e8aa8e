import Signing

/// Goes through the log in order and holds every entry to those before it.
struct ChainReplay: ~Copyable {
    private let rules: WholeEntry.Rules
    private let openings: OpeningIndex?
    private var objects = ObjectTable()
    // Of the entries of the bundle that is being replayed.
    private var found: [Int?] = []
    private var keys = ActorKeys()
    private var newestTimeMilliseconds: UInt64 = 0
    private var commitments = CommitmentLedger()
    // Entries of one batch and one key share one signature; it is checked once, as long as they are not interleaved.
    private var newestBatch: (claim: WholeEntry.Claim, keyIdentifier: [UInt8]?)?
    private var hasLogChain = false
    private(set) var eventCount: UInt64 = 0
    private(set) var jobs: [SignatureJob] = []
    private(set) var findings = FindingList()
    /// The entries of the object that is watched.
    private(set) var watchedEntries: [(entry: Entry, link: EntryLink)] = []
    /// The newest heads entry whose statement holds.
    private(set) var newestHeads: (index: UInt64, statement: HeadsStatement)?

    init(rules: WholeEntry.Rules, openings: OpeningIndex?) {
        self.rules = rules
        self.openings = openings
    }

    /// How many objects there are, the log itself left out.
    var objectCount: UInt64 { UInt64(objects.count) - (hasLogChain ? 1 : 0) }

    /// Hands out the signatures that wait to be checked.
    mutating func takeJobs() -> [SignatureJob] {
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
    }

    /// Takes in what signatures or the end have shown.
    mutating func add(_ more: [AuditFinding]) {
        findings.add(more)
    }

    /// Takes the next bundle's entries in.
    mutating func accept(_ digest: BundleDigest) {
        objects.find(digest.entries, &found)
        var wholes = digest.wholeEntries.indices
        for position in digest.entries.indices {
            guard let scanned = digest.entries[position] else { continue }
            let link = EntryLink(leafHash: digest.hashes[position], index: digest.firstIndex + UInt64(position))
            if let next = wholes.first, digest.wholeEntries[next].position == position {
                wholes.removeFirst()
                accept(digest.wholeEntries[next], scanned, at: link)
            } else {
                follow(scanned, at: link, guess: found[position])
            }
        }
    }

    /// Holds an entry to the one before it, of the log and of its object.
    @inline(__always)
    private mutating func follow(_ entry: ScannedEntry, at link: EntryLink, guess: Int?) {
        if entry.object.byteCount == 0 { hasLogChain = true }
        if entry.kind == .observed { eventCount += 1 }
        if entry.recordedAtMilliseconds < newestTimeMilliseconds {
            add(.timeRegression, link.index, entry.object, "the entry's recorded time and that of the entry before it")
        } else {
            newestTimeMilliseconds = entry.recordedAtMilliseconds
        }
        let number = objects.record(of: entry.object, guess: guess)
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
        objects.set(
            number, entryCount: entry.sequence == .max ? entry.sequence : entry.sequence + 1, newest: link)
    }

    private mutating func accept(_ whole: WholeEntry, _ scanned: ScannedEntry, at link: EntryLink) {
        let object = scanned.object
        // A statement is about the entries before it, and not yet about itself.
        if case .heads(let heads) = whole.entry.event { check(heads, at: link.index, object: object) }
        follow(scanned, at: link, guess: nil)
        switch whole.entry.event {
        case .observed, .heads: break
        case .erased(let erasure):
            // What it names is known only where commitments are kept; that it comes later is always.
            if !rules.checksOpenings, erasure.index >= link.index {
                findings.add(.groundlessErasure(of: erasure, index: link.index, object: object))
            }
        case .keyStatus(let change):
            let refusal = object == .log ? keys.accept(change) : .strangersChange
            if let refusal { add(refusal.code, link.index, object, refusal.detail) }
        }
        if rules.checksOpenings {
            findings.add(commitments.accept(whole.entry, index: link.index, object: object))
        }
        if object == rules.watched { watchedEntries.append((whole.entry, link)) }
        if rules.mustCheck(whole.entry.signature) { prepare(whole, index: link.index, object: object) }
    }

    private mutating func check(_ heads: HeadsStatement, at index: UInt64, object: ObjectKey) {
        if object == .log, heads.entryCount == index, objects.heads(entryCount: index) == heads {
            newestHeads = (index, heads)
        } else {
            add(.headsMismatch, index, object, "the heads entry and the objects' newest entries before it")
        }
    }

    private mutating func prepare(_ whole: WholeEntry, index: UInt64, object: ObjectKey) {
        switch keys.judge(whole.entry, index: index) {
        case .failure(let refusal): add(refusal.code, index, object, refusal.detail)
        case .success(let key):
            guard let claim = whole.claim else {
                add(.actorSignature, index, object, "the entry and its path to the batch's root")
                return
            }
            if claim.isOfBatch {
                let batch = (claim: claim, keyIdentifier: whole.entry.keyIdentifier)
                if let newestBatch, newestBatch == batch { return }
                newestBatch = batch
            }
            jobs.append(
                SignatureJob(
                    index: index, object: object.bytes, key: key, signature: claim.signature, message: claim.message))
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
