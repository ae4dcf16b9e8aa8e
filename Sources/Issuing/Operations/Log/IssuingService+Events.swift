import Encoding
import Signing
import Storage
import Synchronization
import TraceLog

extension IssuerOperation {
    /// Appends one event; the log keeps its idempotency key, without a digest of personal values.
    package static let appendEvent = logged(
        "event.append", takes: EventRequest.members, keepsKeysItself: true,
        foresees: { $0.foreseenReads(of: $1, by: $2) }
    ) {
        try $0.appendingEvent($1, by: $2)
    }

    package static let eraseEvent = logged(
        "event.erase", takes: ["object", "index", "reason", "actor"], beatNeed: .change,
        settle: { try $0.purgeErased() }
    ) {
        try $0.erasingEvent($1, by: $2)
    }
}

extension IssuingService {
    /// Prepares one event of a registered object or place.
    ///
    /// Other identifiers are refused, so that a mistyped identifier does not begin a new chain.
    fileprivate func appendingEvent(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        var event = try EventRequest(request, nowMilliseconds: caller.nowMilliseconds, random: random)
        try caller.grants.requireActor(event.actor)
        event.idempotency = try idempotency(of: request, by: caller)
        let subject = Hex.encode(event.object.bytes)
        return { [registry, log, event] database in
            try registry.checkObject(subject, in: database)
            let (answer, isNew) = try log.append(event, at: caller.nowMilliseconds, in: database)
            return ChangeOutcome(answer.json, subject: isNew ? subject : nil)
        }
    }

    fileprivate func foreseenReads(of request: RequestFields, by caller: Caller) -> ForeseenReads {
        var reads = ForeseenReads()
        if let name = (try? request.optionalString("object")) ?? nil, let object = try? ObjectID.registered(name) {
            (reads.objects, reads.heads) = ([object.bytes], [object.bytes])
        }
        if let key = (try? idempotency(of: request, by: caller)) ?? nil {
            reads.requestKeys = [key.key, key.earlierKey ?? key.key]
        }
        return reads
    }

    /// Prepares the deletion of an entry's personal fields.
    fileprivate func erasingEvent(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let object = try ObjectID.registered(request.string("object"))
        guard let index = try request.optionalUnsigned("index") else {
            throw OperationError(
                code: .requestMalformed, reason: "the member `index` is missing", hint: "use an index of the history")
        }
        let reason = try request.string("reason")
        guard (1...Self.erasureReasonByteCountMax).contains(reason.utf8.count) else {
            throw OperationError(
                code: .reasonTooLong, reason: "a reason is 1 to \(Self.erasureReasonByteCountMax) bytes",
                hint: "give a short reason that names no person: it enters the log")
        }
        let actor = try request.actor()
        // Any operator may erase in the service's name. Another actor's name needs the right to append in that name.
        if !actor.isEmpty { try caller.grants.requireActor(actor) }
        let erasure = TraceErasure(object: object, index: index, reason: reason, actor: actor)
        let subject = Hex.encode(object.bytes)
        // The openings of an erasure that was answered with `erase_incomplete` are gone from the rows already.
        if isPurgeDue.load(ordering: .acquiring) {
            do { try purgeErased() } catch { throw OperationError(any: error) }
        }
        return { [log] database in
            ChangeOutcome(
                try log.erase(erasure, at: caller.nowMilliseconds, in: database).json, subject: subject)
        }
    }

    /// Empties the write-ahead log of erased bytes; until that succeeds, upkeep and every further erasure try again.
    ///
    /// - Throws: `erase_incomplete`.
    fileprivate func purgeErased() throws {
        isPurgeDue.store(true, ordering: .releasing)
        try log.store.purge()
        isPurgeDue.store(false, ordering: .releasing)
    }

    private static let erasureReasonByteCountMax = 256

    /// The idempotency key of an event, from the request's body or its header; nil without a key.
    ///
    /// - Parameters:
    ///   - request: the event.
    ///   - caller: has the key from the request's header.
    ///   - names: members that may differ in a repeated request, because an actor signs them again each time.
    /// - Returns: the key with the request's digest.
    /// - Throws: `idempotency_key_invalid`.
    func idempotency(
        of request: RequestFields, by caller: Caller, leavingOut names: [String] = []
    ) throws(OperationError) -> EventRequest.Idempotency? {
        let keys = [try request.optionalString("idempotencyKey"), caller.idempotencyKey].compactMap(\.self)
        guard keys.count < 2 else {
            throw OperationError(
                code: .idempotencyKeyInvalid, reason: "the request has an idempotency key in its body and outside it",
                hint: "give the key once")
        }
        guard let key = keys.first else { return nil }
        guard (1...Caller.idempotencyKeyByteCountMax).contains(key.utf8.count) else {
            throw OperationError(
                code: .idempotencyKeyInvalid,
                reason: "an idempotency key is 1 to \(Caller.idempotencyKeyByteCountMax) bytes",
                hint: "send a random key, a UUID for instance")
        }
        return .init(
            key: registry.kept(key, of: caller.identity), earlierKey: registry.keptEarlier(key, of: caller.identity),
            requestDigest: Self.digest(of: request, leavingOut: names))
    }

    /// The digest of a request without its personal values, because the digest outlives an erasure.
    private static func digest(of request: RequestFields, leavingOut names: [String]) -> [UInt8] {
        var object = request.object
        for name in ["idempotencyKey"] + names { object[name] = nil }
        object["personal"] = (object["personal"]?.object).map { personal in
            .array(personal.members.map { .string($0.key) })
        }
        return DigestAlgorithm.sha256.digest(Array(JSONValue.object(object).encoded().utf8))
    }
}
