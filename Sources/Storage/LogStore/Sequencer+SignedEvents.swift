package import TraceLog

/// Events that their actor has signed: one event, or a batch under one signature.
package struct SignedEvents: Sendable {
    /// The events in the batch's order, each of a different object: an entry cannot follow an unsigned entry.
    package var requests: [EventRequest]
    /// The actor's key; see ``KeyStatusChange/keyIdentifier(of:)``.
    package var keyIdentifier: [UInt8]
    /// The recorded time that was signed; see ``RecordedTime/signing(atMilliseconds:)``.
    package var recordedAtMilliseconds: UInt64
    /// The signature over the entry, or over the batch of entries.
    package var signature: [UInt8]

    package init(
        requests: [EventRequest], keyIdentifier: [UInt8], recordedAtMilliseconds: UInt64, signature: [UInt8]
    ) {
        self.requests = requests
        self.keyIdentifier = keyIdentifier
        self.recordedAtMilliseconds = recordedAtMilliseconds
        self.signature = signature
    }
}

extension Sequencer {
    /// Appends signed events, all or none, or finds the entries that the same requests made before.
    ///
    /// - Throws: `conflict` when another entry was appended first, so that a new place and time must be signed;
    ///   `actor_signature` or `key_revoked` for a signature that an auditor would refuse.
    func append(
        _ signed: SignedEvents, at timeMilliseconds: UInt64, _ transaction: any LogTransaction
    ) throws -> (answers: [AppendAnswer], isNew: Bool) {
        let repeated = try signed.requests.map { try self.repeated($0, transaction) }
        let known = repeated.compactMap(\.self)
        if known.count == signed.requests.count { return (known, false) }
        guard known.isEmpty else {
            throw LogError(
                code: .idempotencyMismatch,
                reason: "some idempotency keys of the batch were used before, and others are new",
                hint: "send the new events in a batch of their own")
        }
        let next = try Self.next(transaction)
        try LogFloor.check(next.index, transaction)
        let entries = try self.entries(signed, after: next.recordedAtMilliseconds, at: timeMilliseconds, transaction)
        var answers: [AppendAnswer] = []
        for (entry, request) in zip(entries, signed.requests) {
            let index = next.index + UInt64(answers.count)
            let answer = try insert(entry, at: index, openings: request.personal, transaction)
            try remember(answer, of: request, transaction)
            answers.append(answer)
        }
        // Heads are stated only after a batch: the log published up to a heads entry must contain whole batches.
        if answers.contains(where: { ($0.index + 1) % headsInterval == 0 }) {
            try stateHeads(at: timeMilliseconds, transaction)
        }
        faults(.entryInserted)
        return (answers, true)
    }

    /// Makes the entries that the actor signed, and checks the signature.
    private func entries(
        _ signed: SignedEvents, after newestMilliseconds: UInt64, at timeMilliseconds: UInt64,
        _ snapshot: any LogSnapshot
    ) throws -> [Entry] {
        let recordedTime = RecordedTime(newestMilliseconds: newestMilliseconds)
        guard recordedTime.allowsSigned(signed.recordedAtMilliseconds, atMilliseconds: timeMilliseconds) else {
            throw Self.conflict("the signed recorded time is earlier than the newest entry's, or far from the clock")
        }
        guard Set(signed.requests.map(\.object)).count == signed.requests.count, !signed.requests.isEmpty else {
            throw Self.conflict("the batch is empty or has two events of one object")
        }
        var entries = try signed.requests.map {
            try entry(
                $0, recordedAtMilliseconds: signed.recordedAtMilliseconds, keyIdentifier: signed.keyIdentifier,
                snapshot)
        }
        if entries.count == 1 {
            entries[0].signature = .alone(signed.signature)
        } else {
            for (position, signature) in try ActorSignature.batch(signed.signature, over: entries).enumerated() {
                entries[position].signature = signature
            }
        }
        let known = try Self.knownKey(signed.keyIdentifier, snapshot)
        do {
            for entry in entries { _ = try ActorKey.signing(known, by: entry.actor) }
            // One signature covers them all.
            let key = try ActorKey.signing(known, by: entries[0].actor)
            guard entries[0].signatureClaim?.isValid(by: key) == true else {
                throw LogError(
                    code: .actorSignature, reason: "the actor's signature does not match the event at its place",
                    hint: "sign the entry with the actor's key and with the place from POST /v1/events/places")
            }
        } catch let violation as KeyViolation {
            throw Self.refused(violation)
        }
        return entries
    }

    private static func refused(_ violation: KeyViolation) -> LogError {
        if case .ended(let status) = violation {
            return LogError(
                code: .keyRevoked, reason: "the actor's key is \(status)",
                hint: "sign with another key of the actor, registered by `suishen enterprise key add`")
        }
        return LogError(
            code: .actorSignature, reason: "the log does not register the key for this actor",
            hint: "register it first: suishen enterprise key add USCC --key PUB.pem")
    }

    private static func conflict(_ reason: String) -> LogError {
        LogError(code: .conflict, reason: reason, hint: "ask for the place again, and sign again")
    }
}

extension TraceLogStore {
    /// The places of objects' next entries.
    ///
    /// - Returns: each object's chain, and the newest recorded time of the log.
    package func places(of objects: [ObjectID]) throws -> (chains: [ObjectChain], recordedTime: RecordedTime) {
        try read { snapshot in
            let chains = try objects.map { ObjectChain(endingWith: try snapshot.head(of: $0)) }
            let newest = try Sequencer.next(snapshot).recordedAtMilliseconds
            return (chains, RecordedTime(newestMilliseconds: newest))
        }
    }

    /// Appends signed events inside a caller's transaction, all or none; the caller commits or undoes them.
    package func append(
        _ signed: SignedEvents, at timeMilliseconds: UInt64, in transaction: any LogTransaction
    ) throws -> (answers: [AppendAnswer], isNew: Bool) {
        try sequencer.append(signed, at: timeMilliseconds, transaction.transaction(of: name))
    }

    /// An actor's keys with their states from the log's entries, in the order of registration.
    package func actorKeys(of actor: String, in snapshot: any LogSnapshot) throws -> [ActorKey] {
        var identifiers: [[UInt8]] = []
        var keys: [[UInt8]: ActorKey] = [:]
        try snapshot.snapshot(of: name).visitOwnEntries(containing: Array(actor.utf8), before: nil, newestFirst: false)
        { _, bytes in
            guard case .keyStatus(let change) = try Entry.decode(bytes[...]).event, change.actor == actor else {
                return true
            }
            if keys[change.keyIdentifier] == nil { identifiers.append(change.keyIdentifier) }
            keys[change.keyIdentifier] = try ActorKey(change, in: .log, after: keys[change.keyIdentifier])
            return true
        }
        return identifiers.compactMap { keys[$0] }
    }

    /// A key's state from the log's entries; nil when no entry names the key.
    package func actorKey(_ keyIdentifier: [UInt8], in snapshot: any LogSnapshot) throws -> ActorKey? {
        try Sequencer.knownKey(keyIdentifier, snapshot.snapshot(of: name))
    }
}
