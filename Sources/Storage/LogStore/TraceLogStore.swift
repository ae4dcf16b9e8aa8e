package import GRDB
package import TraceLog

/// The log in the registry's file: appends, reads and erases; publishing is ``LogPublisher``'s.
package final class TraceLogStore: Sendable {
    /// Entries between two statements of heads.
    package static let defaultHeadsInterval: UInt64 = 65_536
    /// The most entries that one read hands out.
    package static let readCountMax = 65_536
    package static let openingKeyByteCount = 32

    let registry: RegistryDatabase
    let faults: FaultInjection
    let openingKey: [UInt8]
    private let sequencer: Sequencer

    /// Takes the log of an open registry.
    ///
    /// - Parameters:
    ///   - registry: the open registry, whose one writer the log shares.
    ///   - openingKey: 32 bytes that seal the openings at rest.
    ///   - headsInterval: entries between two statements of heads; at least 2.
    ///   - faults: where crash tests end the process.
    package init(
        registry: RegistryDatabase, openingKey: [UInt8], headsInterval: UInt64 = defaultHeadsInterval,
        faults: @escaping FaultInjection = { _ in }
    ) {
        precondition(headsInterval >= 2, "heads after every entry would never end")
        self.registry = registry
        self.faults = faults
        self.openingKey = openingKey
        sequencer = Sequencer(headsInterval: headsInterval, openingKey: openingKey, faults: faults)
    }

    /// Appends one event, and returns once it is on disk; many callers at once share a commit.
    ///
    /// - Parameters:
    ///   - request: what to append.
    ///   - timeMilliseconds: now; an earlier time than the newest entry's is raised to that.
    /// - Returns: where the event stands.
    /// - Throws: ``LogError``, `TraceLogError` for an event out of its limits, ``StorageError``.
    package func append(_ request: EventRequest, at timeMilliseconds: UInt64) async throws -> AppendAnswer {
        let sequencer = sequencer
        let answer = try await registry.writer.write { try sequencer.append(request, at: timeMilliseconds, $0).answer }
        faults(.committed)
        return answer
    }

    /// Appends one event inside a caller's transaction, which makes it durable or undoes it.
    ///
    /// - Returns: where the event stands, and whether it is new or was there from the same request before.
    package func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, in database: Database
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        try sequencer.append(request, at: timeMilliseconds, database)
    }

    /// Appends a statement of heads, as at a clean shutdown; nil when the newest entry is one already.
    package func appendHeads(at timeMilliseconds: UInt64) async throws -> AppendAnswer? {
        let count = try count()
        if count == 0 { return nil }
        if let last = try entry(count - 1), case .heads = try Entry.decode(last.bytes[...]).event { return nil }
        let sequencer = sequencer
        return try await registry.writer.write { try sequencer.appendHeads(at: timeMilliseconds, $0) }
    }

    /// Deletes the openings of an entry and appends an event that says so.
    ///
    /// Returns once nothing of them is left in the write-ahead log either.
    ///
    /// - Throws: `entry_missing`, `wrong_object`, `nothing_to_erase`, `erase_incomplete`, ``StorageError``.
    package func erase(
        _ object: ObjectID, index: UInt64, reason: String, actor: String, at timeMilliseconds: UInt64
    ) async throws -> AppendAnswer {
        let erasure = TraceErasure(object: object, index: index, reason: reason, actor: actor)
        let answer = try await registry.writer.write { [self] in try erase(erasure, at: timeMilliseconds, in: $0) }
        try purge()
        return answer
    }

    /// Deletes openings and appends the event inside a caller's transaction; ``purge()`` is due once that has ended.
    package func erase(
        _ erasure: TraceErasure, at timeMilliseconds: UInt64, in database: Database
    ) throws -> AppendAnswer {
        let commitments = try Self.deleteOpenings(erasure.object, erasure.index, database)
        faults(.openingDeleted)
        let event = Erasure(index: erasure.index, commitments: commitments, reason: erasure.reason)
        let request = EventRequest(object: erasure.object, event: .erased(event), actor: erasure.actor)
        return try sequencer.append(request, at: timeMilliseconds, database).answer
    }

    /// Rewrites the file without its free space and empties the write-ahead log.
    ///
    /// - Throws: `erase_incomplete` when a reader holds on to old pages.
    package func purge() throws {
        faults(.erasureCommitted)
        do {
            try registry.purge()
        } catch {
            throw LogError(
                code: .eraseIncomplete, reason: "the openings are deleted, but old pages may still hold them",
                hint: "run the purge again when no reader is busy: \(error.reason)")
        }
    }

    /// Refuses an index that is no entry of the object.
    @discardableResult
    static func check(_ index: UInt64, isOf object: ObjectID, _ database: Database) throws -> Int64 {
        guard let position = Int64(exactly: index),
            let row = try Row.fetchOne(
                database, sql: "SELECT object FROM log_entries WHERE idx = ?", arguments: [position])
        else {
            throw LogError(
                code: .entryMissing, reason: "there is no entry \(index)", hint: "take the index from the history")
        }
        guard try row.byteArray(0) == object.bytes else {
            throw LogError(
                code: .wrongObject, reason: "entry \(index) is another object's",
                hint: "take the index from the object's history")
        }
        return position
    }

    private static func deleteOpenings(
        _ object: ObjectID, _ index: UInt64, _ database: Database
    ) throws -> [MerkleHash] {
        let position = try check(index, isOf: object, database)
        let rows = try Row.fetchAll(
            database, sql: "SELECT commitment FROM log_openings WHERE idx = ? ORDER BY commitment",
            arguments: [position])
        guard !rows.isEmpty else {
            throw LogError(
                code: .nothingToErase, reason: "entry \(index) has no personal fields left",
                hint: "take the index of an entry with commitments that were not erased")
        }
        try database.execute(sql: "DELETE FROM log_openings WHERE idx = ?", arguments: [position])
        return try rows.map { try $0.hash(0) }
    }
}
