import Encoding
import GRDB
import Signing
import TraceLog

/// Gives every event its place, inside the writer's transaction, where nobody else writes.
///
/// It keeps no state between transactions: one that rolls back leaves nothing to undo, and no sequence is used twice.
struct Sequencer: Sendable {
    /// Every so many entries one of heads follows.
    let headsInterval: UInt64
    let openingKey: [UInt8]
    let faults: FaultInjection

    /// Appends an event, or finds the one that the same request made before.
    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ database: Database
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        if let answer = try repeated(request, database) { return (answer, false) }
        let answer = try insert(request, at: timeMilliseconds, database)
        if let idempotency = request.idempotency {
            try database.cachedStatement(sql: "INSERT INTO log_requests VALUES (?, ?, ?, ?, ?)").execute(
                arguments: [
                    idempotency.key, idempotency.requestDigest.data, Int64(answer.index), Int64(answer.sequence),
                    answer.leafHash.bytes.data,
                ])
        }
        if (answer.index + 1) % headsInterval == 0 { _ = try appendHeads(at: timeMilliseconds, database) }
        faults(.entryInserted)
        return (answer, true)
    }

    /// Appends the statement over every object's newest entry.
    func appendHeads(at timeMilliseconds: UInt64, _ database: Database) throws -> AppendAnswer {
        let next = try Self.next(database)
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: "SELECT object, sequence, leaf_hash, idx FROM log_heads ORDER BY object"))
        var list = HeadsAccumulator()
        while let row = try rows.next() { list.append(try row.head()) }
        let statement = list.statement(entryCount: next.index)
        return try insert(
            EventRequest(object: .log, event: .heads(statement), actor: ""), at: timeMilliseconds, database)
    }

    private func insert(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ database: Database
    ) throws -> AppendAnswer {
        let next = try Self.next(database)
        if case .observed(let event) = request.event, let corrected = event.corrects {
            try TraceLogStore.check(corrected, isOf: request.object, database)
        }
        let head = try Self.head(request.object, database)
        let sequence = head.map { $0.sequence + 1 } ?? 0
        if let expected = request.expected,
            expected.sequence != sequence || expected.previousLeafHash != head?.link.leafHash
        {
            throw LogError(
                code: .conflict, reason: "the object's next event has sequence \(sequence), not \(expected.sequence)",
                hint: "read the object's history and decide again")
        }
        var entry = Entry(
            object: request.object, sequence: sequence, previous: head?.link,
            recordedAtMilliseconds: max(timeMilliseconds, next.recordedAtMilliseconds), actor: request.actor,
            keyIdentifier: request.signer.map { KeyStatusChange.keyIdentifier(of: $0.verificationKey) },
            event: request.event, commitments: request.personal.map(\.commitment))
        if let signer = request.signer { entry.signature = try ActorSignature.sign(entry, by: signer) }
        let bytes = try entry.encoded()
        var hasher = MerkleHasher()
        let leafHash = hasher.leaf(bytes)
        let object = request.object.bytes.data
        try database.cachedStatement(sql: "INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                Int64(next.index), object, Int64(sequence), leafHash.bytes.data, Int64(entry.recordedAtMilliseconds),
                bytes.data,
            ])
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO log_heads VALUES (?, ?, ?, ?)").execute(
            arguments: [object, Int64(sequence), leafHash.bytes.data, Int64(next.index)])
        for opening in request.personal {
            let sealed = try SealedOpening.seal(opening, key: openingKey)
            try database.cachedStatement(sql: "INSERT INTO log_openings VALUES (?, ?, ?)").execute(
                arguments: [Int64(next.index), opening.commitment.bytes.data, sealed.data])
        }
        return AppendAnswer(index: next.index, sequence: sequence, leafHash: leafHash)
    }

    /// The index that comes next, and the recorded time that it may not fall below.
    private static func next(_ database: Database) throws -> (index: UInt64, recordedAtMilliseconds: UInt64) {
        let statement = try database.cachedStatement(
            sql: "SELECT idx, recorded_at FROM log_entries ORDER BY idx DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement) else { return (0, 0) }
        return (UInt64(try row.number(0)) + 1, UInt64(try row.number(1)))
    }

    private static func head(_ object: ObjectID, _ database: Database) throws -> ObjectHead? {
        let statement = try database.cachedStatement(
            sql: "SELECT sequence, leaf_hash, idx FROM log_heads WHERE object = ?")
        guard let row = try Row.fetchOne(statement, arguments: [object.bytes.data]) else { return nil }
        let link = EntryLink(leafHash: try row.hash(1), index: UInt64(try row.number(2)))
        return ObjectHead(object: object, sequence: UInt64(try row.number(0)), link: link)
    }

    /// The answer to the same request before; nil for a new one.
    private func repeated(_ request: EventRequest, _ database: Database) throws -> AppendAnswer? {
        guard let idempotency = request.idempotency else { return nil }
        let statement = try database.cachedStatement(
            sql: "SELECT digest, idx, sequence, leaf_hash FROM log_requests WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [idempotency.key]) else { return nil }
        let index = try row.number(1)
        guard try row.byteArray(0) == idempotency.requestDigest, try holds(request.personal, at: index, database) else {
            throw LogError(
                code: .idempotencyMismatch, reason: "the idempotency key came before with another request",
                hint: "use a fresh key for every request")
        }
        return AppendAnswer(
            index: UInt64(index), sequence: UInt64(try row.number(2)), leafHash: try row.hash(3))
    }

    /// Whether an entry's openings say what a request says; true as well once they are erased.
    private func holds(_ personal: [Opening], at index: Int64, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT commitment, sealed FROM log_openings WHERE idx = ?")
        let kept = try Row.fetchAll(statement, arguments: [index]).map {
            try SealedOpening.open($0.byteArray(1), commitment: $0.hash(0), key: openingKey)
        }
        guard !kept.isEmpty else { return true }
        func named(_ openings: [Opening]) -> [String: String] {
            Dictionary(openings.map { ($0.name, $0.value) }) { first, _ in first }
        }
        return named(kept) == named(personal)
    }
}
