import GRDB
import TraceLog

/// Gives every event its place, inside the writer's transaction, where nobody else writes.
///
/// It keeps no state between transactions: one that rolls back leaves nothing to undo, and no sequence is used twice.
struct Sequencer: Sendable {
    /// Every so many entries one of heads follows.
    let headsInterval: UInt64
    /// The most objects whose heads are stated inside an append's transaction.
    let headsAtOnceCountMax: Int
    let openingKey: [UInt8]
    let faults: FaultInjection

    /// Appends an event, or finds the one that the same request made before.
    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ database: Database
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        if let answer = try repeated(request, database) { return (answer, false) }
        let answer = try insert(request, at: timeMilliseconds, database)
        try remember(answer, of: request, database)
        if (answer.index + 1) % headsInterval == 0 { try stateHeads(at: timeMilliseconds, database) }
        faults(.entryInserted)
        return (answer, true)
    }

    /// Keeps the answer for the next request under the same idempotency key.
    func remember(_ answer: AppendAnswer, of request: EventRequest, _ database: Database) throws {
        guard let idempotency = request.idempotency else { return }
        try database.run(
            "INSERT INTO log_requests VALUES (?, ?, ?, ?, ?)", .text(idempotency.key),
            .bytes(idempotency.requestDigest), .integer(answer.index), .integer(answer.sequence),
            .bytes(answer.leafHash.bytes))
    }

    func insert(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ database: Database
    ) throws -> AppendAnswer {
        // The log's own chain goes on from its heads entry, which therefore cannot wait any longer.
        if request.object == .log { try makeReservedHeads(database) }
        let next = try Self.next(database)
        try LogFloor.check(next.index, database)
        let recordedTime = RecordedTime(newestMilliseconds: next.recordedAtMilliseconds)
        let entry = try entry(
            request, recordedAtMilliseconds: recordedTime.next(atMilliseconds: timeMilliseconds), database)
        return try insert(entry, at: next.index, openings: request.personal, database)
    }

    /// The entry that a request makes, in its place behind the object's newest entry.
    func entry(
        _ request: EventRequest, recordedAtMilliseconds: UInt64, keyIdentifier: [UInt8]? = nil, _ database: Database
    ) throws -> Entry {
        if case .observed(let event) = request.event {
            try event.checkTimes()
            if let corrected = event.corrects { try TraceLogStore.check(corrected, isOf: request.object, database) }
        }
        if case .keyStatus(let change) = request.event { try Self.check(change, of: request.object, database) }
        let chain = ObjectChain(endingWith: try Self.head(request.object, database))
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

    /// Writes an entry at the log's end, with the openings of its commitments.
    func insert(
        _ entry: Entry, at index: UInt64, openings: [Opening], _ database: Database
    ) throws -> AppendAnswer {
        let bytes = try entry.encoded()
        var hasher = MerkleHasher()
        let leafHash = hasher.leaf(bytes)
        try database.run(
            "INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", .integer(index), .bytes(entry.object.bytes),
            .integer(entry.sequence), .bytes(leafHash.bytes), .integer(entry.recordedAtMilliseconds), .bytes(bytes))
        try database.run(
            "INSERT OR REPLACE INTO log_heads VALUES (?, ?, ?, ?)", .bytes(entry.object.bytes),
            .integer(entry.sequence), .bytes(leafHash.bytes), .integer(index))
        try OpeningTable.insert(openings, of: index, key: openingKey, database)
        return AppendAnswer(index: index, sequence: entry.sequence, leafHash: leafHash)
    }

    /// The index that comes next, and the recorded time that it may not fall below.
    static func next(_ database: Database) throws -> (index: UInt64, recordedAtMilliseconds: UInt64) {
        try database.first("SELECT idx, recorded_at FROM log_entries ORDER BY idx DESC LIMIT 1") { row in
            (try row.number(0) + 1, try row.number(1))
        } ?? (0, 0)
    }

    static func head(_ object: ObjectID, _ database: Database) throws -> ObjectHead? {
        try database.first("SELECT sequence, leaf_hash, idx FROM log_heads WHERE object = ?", .bytes(object.bytes)) {
            row in
            let link = EntryLink(leafHash: try row.hash(1), index: try row.number(2))
            return ObjectHead(object: object, sequence: try row.number(0), link: link)
        }
    }

    /// The answer to the same request before; nil for a new one.
    func repeated(_ request: EventRequest, _ database: Database) throws -> AppendAnswer? {
        guard let idempotency = request.idempotency else { return nil }
        let first = try database.first(
            "SELECT digest, idx, sequence, leaf_hash FROM log_requests WHERE key IN (?, ?)", .text(idempotency.key),
            .text(idempotency.earlierKey ?? idempotency.key)
        ) { row in
            let answer = AppendAnswer(
                index: try row.number(1), sequence: try row.number(2), leafHash: try row.hash(3))
            return (digest: try row.byteArray(0), answer: answer)
        }
        guard let (digest, answer) = first else { return nil }
        guard digest == idempotency.requestDigest, try holds(request.personal, at: answer.index, database) else {
            throw LogError(
                code: .idempotencyMismatch, reason: "the idempotency key came before with another request",
                hint: "use a fresh key for every request")
        }
        return answer
    }

    /// Whether an entry's openings say what a request says; true as well once they are erased.
    private func holds(_ personal: [Opening], at index: UInt64, _ database: Database) throws -> Bool {
        let kept = try OpeningTable.openings(
            from: index, to: index + 1, count: Entry.commitmentCountMax, key: openingKey, database
        ).map(\.opening)
        guard !kept.isEmpty else { return true }
        func named(_ openings: [Opening]) -> [String: String] {
            Dictionary(openings.map { ($0.name, $0.value) }) { first, _ in first }
        }
        return named(kept) == named(personal)
    }
}
