package import TraceLog

/// One log in the registry's file: appends, reads and erases entries; ``LogPublisher`` publishes them.
package final class TraceLogStore: Sendable {
    /// The number of entries between two statements of heads.
    package static let defaultHeadsInterval: UInt64 = 65_536
    /// The most objects whose heads are stated inside an append's transaction, which takes some milliseconds.
    package static let defaultHeadsAtOnceCountMax = 4096
    /// The most entries that one read returns.
    package static let readCountMax = 65_536

    let registry: any RegistryStore
    /// Which log of the registry it is.
    package let name: LogName
    let faults: FaultInjection
    let fields: FieldKeys
    let sequencer: Sequencer

    /// Takes the log of an open registry.
    ///
    /// - Parameters:
    ///   - registry: the open registry, whose one writer the log shares.
    ///   - name: which of the registry's logs.
    ///   - fields: seals the openings at rest.
    ///   - headsInterval: entries between two statements of heads; at least 2.
    ///   - headsAtOnceCountMax: with more objects than this, heads are stated while appends go on.
    ///   - faults: ends the process in crash tests.
    package init(
        registry: any RegistryStore, name: LogName = .trace, fields: FieldKeys,
        headsInterval: UInt64 = defaultHeadsInterval, headsAtOnceCountMax: Int = defaultHeadsAtOnceCountMax,
        faults: @escaping FaultInjection = { _ in }
    ) {
        // No input reaches this: the settings refuse an interval below 256.
        precondition(headsInterval >= 2, "heads after every entry would never end")
        self.registry = registry
        self.name = name
        self.faults = faults
        self.fields = fields
        sequencer = Sequencer(
            headsInterval: headsInterval, headsAtOnceCountMax: headsAtOnceCountMax, fields: fields,
            faults: faults)
    }

    private init(_ log: TraceLogStore, over registry: any RegistryStore) {
        self.registry = registry
        (name, faults, fields, sequencer) = (log.name, log.faults, log.fields, log.sequencer)
    }

    /// The same log over a store for the work of one daemon alone.
    func over(_ store: LeasedStore) -> TraceLogStore { TraceLogStore(self, over: store) }

    /// Appends one event, and returns once it is on disk; many callers at once share a commit.
    ///
    /// - Parameters:
    ///   - request: the event to append.
    ///   - timeMilliseconds: the current time; it is raised to the newest entry's time if it is earlier.
    /// - Returns: the event's place.
    /// - Throws: ``LogError``, ``StorageError``, or `TraceLogError` for an event that exceeds a limit.
    package func append(_ request: EventRequest, at timeMilliseconds: UInt64) async throws -> AppendAnswer {
        let sequencer = sequencer
        let answer = try await write { try sequencer.append(request, at: timeMilliseconds, $0).answer }
        faults(.committed)
        return answer
    }

    /// Appends one event inside a caller's transaction, which commits or undoes it.
    ///
    /// - Returns: the event's place, and whether it is new or the same request had made it before.
    package func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, in transaction: any LogTransaction
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        try sequencer.append(request, at: timeMilliseconds, transaction.transaction(of: name))
    }

    /// States every object's newest entry, as at a clean shutdown, unless the newest entry is such a statement.
    ///
    /// With many objects, the next publication makes the statement.
    package func stateHeads(at timeMilliseconds: UInt64) async throws {
        let sequencer = sequencer
        try await write { try sequencer.stateHeads(at: timeMilliseconds, $0) }
    }

    /// Puts a statement at its reserved index.
    func fill(_ statement: HeadsStatement) async throws {
        let sequencer = sequencer
        try await write { try sequencer.fill(statement, $0) }
    }

    /// Erases the openings of an entry, and appends an event that records the erasure.
    ///
    /// It returns once the openings are gone from the write-ahead log too.
    ///
    /// - Throws: `entry_missing`, `wrong_object`, `nothing_to_erase`, `erase_incomplete`, ``StorageError``.
    package func erase(
        _ object: ObjectID, index: UInt64, reason: String, actor: String, at timeMilliseconds: UInt64
    ) async throws -> AppendAnswer {
        let erasure = TraceErasure(object: object, index: index, reason: reason, actor: actor)
        let answer = try await registry.write { [self] in try erase(erasure, at: timeMilliseconds, in: $0) }
        try purge()
        return answer
    }

    /// Erases openings and appends the event inside a caller's transaction; call ``purge()`` after the transaction.
    package func erase(
        _ erasure: TraceErasure, at timeMilliseconds: UInt64, in transaction: any LogTransaction
    ) throws -> AppendAnswer {
        let transaction = transaction.transaction(of: name)
        try Self.check(erasure.index, isOf: erasure.object, transaction)
        let commitments = try transaction.eraseOpenings(of: erasure.index)
        guard !commitments.isEmpty else {
            throw LogError(
                code: .nothingToErase, reason: "entry \(erasure.index) has no personal fields left",
                hint: "use the index of an entry whose fields were not erased")
        }
        faults(.openingErased)
        let event = Erasure(index: erasure.index, commitments: commitments, reason: erasure.reason)
        let request = EventRequest(object: erasure.object, event: .erased(event), actor: erasure.actor)
        return try sequencer.append(request, at: timeMilliseconds, transaction).answer
    }

    /// Empties the write-ahead log, which still has overwritten bytes.
    ///
    /// - Throws: `erase_incomplete` when a reader holds on to old pages.
    package func purge() throws {
        faults(.erasureCommitted)
        do {
            try registry.purge()
        } catch {
            throw LogError(
                code: .eraseIncomplete, reason: "the openings are erased, but the write-ahead log may still have them",
                hint: "the next erasure or the next start empties the write-ahead log: \(error.reason)")
        }
    }

    /// Reads this log at one moment.
    func read<Value>(_ body: (any LogSnapshot) throws -> Value) throws(StorageError) -> Value {
        try registry.read { try body($0.snapshot(of: name)) }
    }

    /// Changes this log in a transaction of its own; see ``RegistryStore/write(_:)``.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any LogTransaction) throws -> Value
    ) async throws -> Value {
        try await registry.write { [name] in try body($0.transaction(of: name)) }
    }

    /// Refuses an index that is not an entry of the object.
    static func check(_ index: UInt64, isOf object: ObjectID, _ snapshot: any LogSnapshot) throws {
        guard let owner = try snapshot.object(ofEntry: index) else {
            throw LogError(
                code: .entryMissing, reason: "there is no entry \(index)", hint: "take the index from the history")
        }
        guard owner == object.bytes else {
            throw LogError(
                code: .wrongObject, reason: "entry \(index) belongs to another object",
                hint: "take the index from the object's history")
        }
    }
}

/// A request to delete an entry's personal fields.
package struct TraceErasure: Sendable {
    package var object: ObjectID
    package var index: UInt64
    /// The reason in words that name no person: it enters the log.
    package var reason: String
    /// 18 characters of a USCC; empty for the service itself.
    package var actor: String

    package init(object: ObjectID, index: UInt64, reason: String, actor: String) {
        self.object = object
        self.index = index
        self.reason = reason
        self.actor = actor
    }
}
