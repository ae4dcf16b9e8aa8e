import TraceLog

/// Gives every event its place, inside the one write transaction.
///
/// It keeps no state between transactions, so a rollback leaves nothing to undo and no sequence is used twice.
struct Sequencer: Sendable {
    /// The number of entries between two heads entries.
    let headsInterval: UInt64
    /// The most objects whose heads are stated inside an append's transaction.
    let headsAtOnceCountMax: Int
    /// Seals the openings.
    let fields: FieldKeys
    let faults: FaultInjection

    /// Appends an event, or finds the entry that the same request made before.
    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ transaction: any LogTransaction
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        if let answer = try repeated(request, transaction) { return (answer, false) }
        let answer = try insert(request, at: timeMilliseconds, transaction)
        try remember(answer, of: request, transaction)
        if (answer.index + 1) % headsInterval == 0 { try stateHeads(at: timeMilliseconds, transaction) }
        faults(.entryInserted)
        return (answer, true)
    }

    /// Keeps the answer for the next request under the same idempotency key.
    func remember(_ answer: AppendAnswer, of request: EventRequest, _ transaction: any LogTransaction) throws {
        guard let idempotency = request.idempotency else { return }
        try transaction.insertRequest(
            KeptRequest(digest: idempotency.requestDigest, answer: answer), key: idempotency.key)
    }

    func insert(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ transaction: any LogTransaction
    ) throws -> AppendAnswer {
        // The next entry of the log's own chain follows the reserved heads entry, which must therefore be made now.
        if request.object == .log { try makeReservedHeads(transaction) }
        let next = try Self.next(transaction)
        try LogFloor.check(next.index, transaction)
        let recordedTime = RecordedTime(newestMilliseconds: next.recordedAtMilliseconds)
        let entry = try entry(
            request, recordedAtMilliseconds: recordedTime.next(atMilliseconds: timeMilliseconds), transaction)
        return try insert(entry, at: next.index, openings: request.personal, transaction)
    }

    /// The entry of a request, in its place after the object's newest entry.
    func entry(
        _ request: EventRequest, recordedAtMilliseconds: UInt64, keyIdentifier: [UInt8]? = nil,
        _ snapshot: any LogSnapshot
    ) throws -> Entry {
        if case .observed(let event) = request.event {
            try event.checkTimes()
            if let corrected = event.corrects { try TraceLogStore.check(corrected, isOf: request.object, snapshot) }
        }
        if case .keyStatus(let change) = request.event { try Self.check(change, of: request.object, snapshot) }
        let chain = ObjectChain(endingWith: try snapshot.head(of: request.object))
        if let expected = request.expected,
            expected.sequence != chain.entryCount || expected.previousLeafHash != chain.newest?.leafHash
        {
            throw LogError(
                code: .conflict,
                reason: "the object's next event has sequence \(chain.entryCount), not \(expected.sequence)",
                hint: "read the object's history and decide again")
        }
        return chain.nextEntry(
            of: request.object, recordedAtMilliseconds: recordedAtMilliseconds, actor: request.actor,
            keyIdentifier: keyIdentifier, event: request.event, commitments: request.personal.map(\.commitment))
    }

    /// Appends an entry to the log, with the openings of its commitments.
    func insert(
        _ entry: Entry, at index: UInt64, openings: [Opening], _ transaction: any LogTransaction
    ) throws -> AppendAnswer {
        let bytes = try entry.encoded()
        var hasher = MerkleHasher()
        let leafHash = hasher.leaf(bytes)
        let stored = StoredEntry(index: index, leafHash: leafHash, bytes: bytes)
        try transaction.appendEntry(
            stored, head: stored.head(of: entry.object, sequence: entry.sequence),
            recordedAtMilliseconds: entry.recordedAtMilliseconds)
        if !openings.isEmpty {
            try transaction.insertOpenings(
                openings.map {
                    StoredOpening(
                        index: index, commitment: $0.commitment, sealed: try SealedOpening.seal($0, fields: fields))
                }, of: index)
        }
        return AppendAnswer(index: index, sequence: entry.sequence, leafHash: leafHash)
    }

    /// The next index, and the earliest recorded time that the next entry may have.
    static func next(_ snapshot: any LogSnapshot) throws -> (index: UInt64, recordedAtMilliseconds: UInt64) {
        guard let newest = try snapshot.newestEntry() else { return (0, 0) }
        return (newest.index + 1, newest.recordedAtMilliseconds)
    }

    /// The earlier answer to the same request; nil for a new request.
    func repeated(_ request: EventRequest, _ snapshot: any LogSnapshot) throws -> AppendAnswer? {
        guard let idempotency = request.idempotency else { return nil }
        let keys = (idempotency.key, idempotency.earlierKey ?? idempotency.key)
        guard let first = try snapshot.keptRequest(keys) else { return nil }
        guard first.digest == idempotency.requestDigest, try holds(request.personal, at: first.answer.index, snapshot)
        else {
            throw LogError(
                code: .idempotencyMismatch, reason: "the idempotency key was used for another request",
                hint: "use a new key for each new request")
        }
        return first.answer
    }

    /// Whether an entry's openings have the values of a request; true also once they are erased or lost.
    private func holds(_ personal: [Opening], at index: UInt64, _ snapshot: any LogSnapshot) throws -> Bool {
        let kept = try snapshot.openings(index..<index + 1, count: Entry.commitmentCountMax).compactMap {
            try SealedOpening.open($0, fields: fields)
        }
        guard !kept.isEmpty else { return true }
        func named(_ openings: [Opening]) -> [String: String] {
            Dictionary(openings.map { ($0.name, $0.value) }) { first, _ in first }
        }
        return named(kept) == named(personal)
    }
}
