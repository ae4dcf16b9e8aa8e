import Signing

/// Goes through the log in order and checks every entry against the entries before it.
struct ChainReplay: ~Copyable {
    private let rules: WholeEntry.Rules
    private let openings: OpeningIndex?
    private var objects = ObjectTable()
    // The record numbers of the objects in the bundle that is being replayed.
    private var found: [Int?] = []
    private var keys = ActorKeys()
    private var acts = ActReplay()
    private var recordedTime = RecordedTime()
    private var commitments = CommitmentLedger()
    private var batches = SignedBatches()
    private var hasLogChain = false
    private(set) var eventCount: UInt64 = 0
    private(set) var jobs: [SignatureJob] = []
    private(set) var findings = FindingList()
    /// The entries of the watched object.
    private(set) var watchedEntries: [(entry: Entry, link: EntryLink)] = []
    /// The newest heads entry that is true.
    private(set) var newestHeads: (index: UInt64, statement: HeadsStatement)?

    init(rules: WholeEntry.Rules, openings: OpeningIndex?) {
        self.rules = rules
        self.openings = openings
    }

    /// The number of objects; the log itself is not counted.
    var objectCount: UInt64 { UInt64(objects.count) - (hasLogChain ? 1 : 0) }

    /// Hands out the signatures that are still to be checked.
    mutating func takeJobs() -> [SignatureJob] {
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
    }

    /// Adds findings that were made elsewhere.
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

    /// Checks an entry against the entry before it in the log, and against the object's entry before it.
    @inline(__always)
    private mutating func follow(_ entry: ScannedEntry, at link: EntryLink, guess: Int?) {
        if entry.object.byteCount == 0 { hasLogChain = true }
        if entry.kind == .observed { eventCount += 1 }
        if !recordedTime.accept(entry.recordedAtMilliseconds) {
            add(.timeRegression, link.index, entry.object, RecordedTime.violationDetail)
        }
        let number = objects.record(of: entry.object, guess: guess)
        var chain = objects.chain(number)
        if let violation = chain.accept(sequence: entry.sequence, previous: entry.previous, at: link) {
            add(violation.code, link.index, entry.object, violation.detail)
        }
        objects.set(number, chain)
    }

    private mutating func accept(_ whole: WholeEntry, _ scanned: ScannedEntry, at link: EntryLink) {
        let object = scanned.object
        // A statement is about the entries before it, and not yet about itself.
        if case .heads(let heads) = whole.entry.event { check(heads, at: link.index, object: object) }
        follow(scanned, at: link, guess: nil)
        switch whole.entry.event {
        case .observed, .heads: break
        case .act(let act):
            if let violation = acts.violation(act) { add(.actRepeated, link.index, object, violation) }
        case .erased(let erasure):
            // The commitments that it names are known only where openings are checked; that they lie before it must
            // hold always.
            if !rules.checksOpenings, erasure.index >= link.index {
                findings.add(.groundlessErasure(of: erasure, index: link.index, object: object))
            }
        case .keyStatus(let change):
            do {
                try keys.accept(change, in: whole.entry.object)
            } catch {
                add(error.code, link.index, object, error.detail)
            }
        }
        if rules.checksOpenings {
            findings.add(commitments.accept(whole.entry, index: link.index, object: object))
        }
        if object == rules.watched { watchedEntries.append((whole.entry, link)) }
        if rules.signatures.includes(whole.entry.signature) { prepare(whole, index: link.index, object: object) }
    }

    private mutating func check(_ heads: HeadsStatement, at index: UInt64, object: ObjectKey) {
        guard object == .log else {
            return add(.headsMismatch, index, object, HeadsStatement.misplacedDetail)
        }
        if heads.entryCount == index, objects.heads(entryCount: index) == heads {
            newestHeads = (index, heads)
        } else {
            add(
                .headsMismatch, index, object,
                "the heads entry does not match the objects' newest entries before it")
        }
    }

    private mutating func prepare(_ whole: WholeEntry, index: UInt64, object: ObjectKey) {
        guard let claim = whole.claim else {
            return add(.actorSignature, index, object, SignatureJob.brokenPathDetail)
        }
        let isUnchecked =
            claim.batchEntryCount.map { count in
                batches.add(
                    claim, of: count, keyIdentifier: whole.entry.keyIdentifier, index: index, object: object,
                    findings: &findings)
            } ?? true
        do {
            let key = try keys.signing(whole.entry)
            if isUnchecked { jobs.append(SignatureJob(index: index, object: object.bytes, key: key, claim: claim)) }
        } catch {
            add(error.code, index, object, error.detail)
        }
    }

    /// Adds the findings that only the log's end shows: incomplete batches, and commitments without an opening.
    mutating func finish() {
        // A signature that does not hold says nothing of a batch.
        let refused = Set(
            findings.all.filter { [.actorSignature, .keyRevoked].contains($0.code) }.compactMap(\.index))
        findings.add(batches.incomplete().filter { $0.index.map { !refused.contains($0) } ?? true })
        guard let openings else { return }
        findings.add(commitments.judge(openings))
    }

    private mutating func add(_ code: AuditFinding.Code, _ index: UInt64, _ object: ObjectKey, _ detail: String) {
        findings.add(AuditFinding(code, index: index, object: object.bytes, detail: detail))
    }
}
