import Credential
import Encoding
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// Registers an enterprise's key, which signs its events: `{"uscc", "key", "algorithm", "status"}`.
    package static let addActorKey = logged("actor-key.add", takes: ["uscc", "publicKey"]) {
        try $0.addingActorKey($1, by: $2)
    }

    /// Retires an enterprise's key; its earlier signatures stay valid.
    package static let retireActorKey = logged("actor-key.retire", takes: ["uscc", "key", "reason"]) {
        try $0.endingActorKey($1, as: .retired, by: $2)
    }

    /// Revokes an enterprise's key, which another party may hold.
    package static let revokeActorKey = logged(
        "actor-key.revoke", takes: ["uscc", "key", "reason"], clockNeed: .noJump
    ) {
        try $0.endingActorKey($1, as: .revoked, by: $2)
    }

    /// The keys of an enterprise: `{"keys": [{"uscc", "key", "algorithm", "status"}…]}`.
    package static let listActorKeys = reading("actor-key.list", takes: ["uscc"]) { service, request, _ in
        let uscc = try request.uscc()
        let keys = try service.database.read { try service.log.store.actorKeys(of: uscc.text, in: $0) }
        return OperationAnswer(json: ["keys": .array(keys.map(\.json))])
    }
}

extension IssuingService {
    fileprivate func addingActorKey(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let uscc = try request.uscc()
        let key: VerificationKey
        do {
            key = try VerificationKey(pem: Array(request.string("publicKey").utf8))
        } catch let error as SigningError {
            throw OperationError(error)
        } catch {
            throw OperationError(any: error)
        }
        let change = KeyStatusChange(actor: uscc.text, status: .active, key: key)
        return { [registry, log] database in
            _ = try registry.subject(.enterprise(uscc), in: database)
            let known = try log.store.actorKey(change.keyIdentifier, in: database)
            // Adding an active key again changes nothing. The log refuses another actor's key and a key that has ended.
            let isNew = known?.actor != change.actor || known?.status != .active
            if isNew { try log.append(change, at: caller.nowMilliseconds, in: database) }
            return ChangeOutcome(try ActorKey(change, in: .log, after: nil).json, subject: isNew ? uscc.text : nil)
        }
    }

    fileprivate func endingActorKey(
        _ request: RequestFields, as status: KeyStatusChange.Status, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let uscc = try request.uscc()
        guard let identifier = try request.optionalHex("key", byteCount: KeyStatusChange.keyIdentifierByteCount) else {
            throw OperationError(
                code: .requestMalformed, reason: "the member `key` is missing",
                hint: "give the key's identifier from the answer to registering the key")
        }
        let reason = try request.optionalString("reason")
        return { [log] database in
            guard let known = try log.store.actorKey(identifier, in: database), known.actor == uscc.text else {
                throw OperationError(
                    code: .keyUnknown, reason: "this enterprise has no such key",
                    hint: "use a key from `suishen enterprise key list`")
            }
            let change = KeyStatusChange(actor: uscc.text, status: status, key: known.key, reason: reason)
            let isNew = known.status != status
            if isNew { try log.append(change, at: caller.nowMilliseconds, in: database) }
            return ChangeOutcome(try ActorKey(change, in: .log, after: nil).json, subject: isNew ? uscc.text : nil)
        }
    }
}

extension ActorKey {
    fileprivate var json: JSONValue {
        [
            "uscc": .string(actor), "key": .string(Hex.encode(KeyStatusChange.keyIdentifier(of: key))),
            "algorithm": .string(key.algorithm.name), "status": .string("\(status)"),
        ]
    }
}

extension RequestFields {
    fileprivate func uscc() throws(OperationError) -> USCC {
        do {
            return try USCC(string("uscc"))
        } catch let error as IdentifierError {
            throw OperationError(code: .usccInvalid, reason: error.reason, hint: error.hint)
        } catch {
            throw OperationError(any: error)
        }
    }
}
