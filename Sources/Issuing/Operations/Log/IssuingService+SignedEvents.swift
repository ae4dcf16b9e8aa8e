import Credential
import Encoding
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// The places of the next entries of objects, for an actor who is about to sign them.
    ///
    /// `{"recordedAtMilliseconds", "places": [PLACE…]}`, where a PLACE is
    /// `{"object", "sequence", "previous", "previousIndex"}` or `{"object", "error"}`.
    /// Nothing is reserved: when another entry is appended first, the signed entry is refused as a `conflict`.
    package static let placeEvents = inquiry("event.place", takes: ["objects"], clockNeed: .signing) {
        service, request, caller in
        OperationAnswer(json: try service.places(request, by: caller))
    }

    /// Appends events signed by their actor, all or none: `{"events": [{"index", "sequence", "leafHash"}…]}`.
    package static let appendSignedEvents = logged(
        "event.append-signed", takes: ["events", "key", "recordedAtMilliseconds", "signature"], keepsKeysItself: true
    ) {
        try $0.appendingSignedEvents($1, by: $2)
    }
}

extension IssuingService {
    fileprivate func places(_ request: RequestFields, by caller: Caller) throws(OperationError) -> JSONValue {
        let objects = try request.optionalStrings("objects") ?? []
        guard (1...EventSigner.batchCountMax).contains(objects.count) else { throw Self.batchCount }
        do {
            let ids = try objects.map { text throws(OperationError) in try ObjectID.registered(text) }
            let refusals = try database.read { [registry] database in
                ids.map { id in
                    Result { try registry.checkObject(Hex.encode(id.bytes), in: database) }
                        .mapError { OperationError(any: $0) }
                }
            }
            let (chains, recordedTime) = try log.store.places(of: ids)
            var places: [JSONValue] = []
            for ((id, chain), refusal) in zip(zip(ids, chains), refusals) {
                var place: JSONObject = ["object": .string(Hex.encode(id.bytes))]
                switch refusal {
                case .failure(let error): place["error"] = error.json["error"]
                case .success:
                    place["sequence"] = .integer(Int64(clamping: chain.entryCount))
                    place["previous"] = chain.newest.map { .string(Hex.encode($0.leafHash.bytes)) } ?? .null
                    place["previousIndex"] = chain.newest.map { .integer(Int64(clamping: $0.index)) } ?? .null
                }
                places.append(.object(place))
            }
            let time = recordedTime.signing(atMilliseconds: caller.nowMilliseconds)
            return ["recordedAtMilliseconds": .integer(Int64(clamping: time)), "places": .array(places)]
        } catch {
            throw OperationError(any: error)
        }
    }

    fileprivate func appendingSignedEvents(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let events = try request.list("events", of: EventRequest.signedMembers)
        guard (1...EventSigner.batchCountMax).contains(events.count) else { throw Self.batchCount }
        guard caller.idempotencyKey == nil || events.count == 1 else { throw OperationError.keyMisplaced }
        guard let key = try request.optionalHex("key", byteCount: KeyStatusChange.keyIdentifierByteCount),
            let signature = try request.optionalHex("signature", byteCount: ActorSignature.byteCount),
            let recordedAt = try request.optionalUnsigned("recordedAtMilliseconds")
        else {
            throw OperationError(
                code: .requestMalformed,
                reason: "a signed request has no `key`, `signature` or `recordedAtMilliseconds`",
                hint: "sign the entries with the place and the time from POST /v1/events/places")
        }
        var signed = SignedEvents(
            requests: [], keyIdentifier: key, recordedAtMilliseconds: recordedAt, signature: signature)
        for fields in events {
            var event = try EventRequest(fields, nowMilliseconds: caller.nowMilliseconds, random: random)
            try caller.grants.requireActor(event.actor)
            guard event.expected != nil else {
                throw OperationError(
                    code: .requestMalformed, reason: "a signed event has no `expected`",
                    hint: "give the signed sequence and the signed previous leaf hash")
            }
            event.idempotency = try idempotency(
                of: fields, by: caller, leavingOut: ["expected", "salts", "eventTimeMilliseconds"])
            signed.requests.append(event)
        }
        let subjects = signed.requests.map { Hex.encode($0.object.bytes) }
        return { [registry, log, signed] database in
            for subject in subjects { try registry.checkObject(subject, in: database) }
            let (answers, isNew) = try log.append(signed, at: caller.nowMilliseconds, in: database)
            if isNew {
                for subject in subjects.dropLast() {
                    try registry.audit(
                        by: caller.identity, action: IssuerOperation.appendSignedEvents.name, subject: subject,
                        at: caller.now, in: database)
                }
            }
            return ChangeOutcome(["events": .array(answers.map(\.json))], subject: isNew ? subjects.last : nil)
        }
    }

    private static let batchCount = OperationError(
        code: .requestMalformed, reason: "a signed batch has 1 to \(EventSigner.batchCountMax) events",
        hint: "send 1 to \(EventSigner.batchCountMax) events")
}
