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

    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ database: Database
    ) throws -> AppendAnswer {
        let digest = try request.idempotencyKey == nil ? [] : request.digest()
        if let key = request.idempotencyKey, let answer = try Self.repeated(key, digest, database) { return answer }
        let answer = try insert(request, at: timeMilliseconds, database)
        if let key = request.idempotencyKey {
            try database.cachedStatement(sql: "INSERT INTO log_requests VALUES (?, ?, ?, ?, ?)").execute(
                arguments: [
                    key, digest.data, Int64(answer.index), Int64(answer.sequence), answer.leafHash.bytes.data,
                ])
        }
        if (answer.index + 1) % headsInterval == 0 { _ = try appendHeads(at: timeMilliseconds, database) }
        faults(.entryInserted)
        return answer
    }

    /// Appends the statement over every object's newest entry.
    func appendHeads(at timeMilliseconds: UInt64, _ database: Database) throws -> AppendAnswer {
        let next = try Self.next(database)
        let rows = try Row.fetchCursor(
            database, sql: "SELECT object, sequence, leaf_hash, idx FROM log_heads ORDER BY object")
        var heads: [ObjectHead] = []
        while let row = try rows.next() {
            let bytes: [UInt8] = try row.byteArray(0)
            let object = bytes.isEmpty ? ObjectID.log : ObjectID(bytes)
            guard let object else { throw LogError.inconsistent("a head of an object whose id is malformed") }
            let link = EntryLink(leafHash: try row.hash(2), index: UInt64(try row.number(3)))
            heads.append(ObjectHead(object: object, sequence: UInt64(try row.number(1)), link: link))
        }
        let statement = ObjectHead.statement(entryCount: next.index, sortedHeads: heads)
        return try insert(
            EventRequest(object: .log, event: .heads(statement), actor: ""), at: timeMilliseconds, database)
    }

    private func insert(
        _ request: EventRequest, at timeMilliseconds: UInt64, _ database: Database
    ) throws -> AppendAnswer {
        let next = try Self.next(database)
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

    private static func repeated(_ key: String, _ digest: [UInt8], _ database: Database) throws -> AppendAnswer? {
        let statement = try database.cachedStatement(
            sql: "SELECT digest, idx, sequence, leaf_hash FROM log_requests WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]) else { return nil }
        guard try row.byteArray(0) == digest else {
            throw LogError(
                code: .idempotencyMismatch, reason: "the idempotency key came before with another request",
                hint: "use a fresh key for every request")
        }
        return AppendAnswer(
            index: UInt64(try row.number(1)), sequence: UInt64(try row.number(2)), leafHash: try row.hash(3))
    }
}

extension EventRequest {
    /// Tells one request from another; personal values stay out, since a digest of them would outlive an erasure.
    fileprivate func digest() throws(TraceLogError) -> [UInt8] {
        let entry = Entry(
            object: object, sequence: 0, previous: nil, recordedAtMilliseconds: 0, actor: actor, event: event)
        let names = personal.map(\.name).joined(separator: "\u{0}")
        return DigestAlgorithm.sha256.digest(try entry.encoded(), Array(names.utf8))
    }
}
