package import Signing

/// One actor's key, as the log's own entries describe it up to some index.
///
/// These are the only rules of keys: the writer, the audit of a whole log and the audit of one object all use them.
package struct ActorKey: Sendable {
    package let actor: String
    package let key: VerificationKey
    package let status: KeyStatusChange.Status

    /// Takes a change of a key's status.
    ///
    /// - Parameters:
    ///   - change: the change.
    ///   - object: the object in whose chain it stands.
    ///   - known: the key as the log describes it before the change; nil for a new key.
    /// - Throws: the broken rule.
    package init(_ change: KeyStatusChange, in object: ObjectID, after known: ActorKey?) throws(KeyViolation) {
        guard object == .log else { throw .outsideLogChain }
        if let known {
            guard known.actor == change.actor else { throw .otherActorsKey }
            guard known.status <= change.status else { throw .statusReversed(known.status, change.status) }
            key = known.key
        } else {
            guard let key = try? VerificationKey(spki: change.publicKey) else { throw .unknownKey }
            self.key = key
        }
        actor = change.actor
        status = change.status
    }

    /// The key that an actor's signature must hold against.
    ///
    /// - Parameters:
    ///   - known: the named key as the log describes it before the signed entry; nil when it does not.
    ///   - actor: the entry's actor.
    /// - Returns: the key.
    /// - Throws: the broken rule.
    package static func signing(_ known: ActorKey?, by actor: String) throws(KeyViolation) -> VerificationKey {
        guard let known, known.actor == actor else { throw .unknownKey }
        guard known.status == .active else { throw .ended(known.status) }
        return known.key
    }
}

/// A rule of actors' keys that an entry breaks.
package enum KeyViolation: Error, Sendable, Equatable {
    case unknownKey
    case otherActorsKey
    case outsideLogChain
    case statusReversed(KeyStatusChange.Status, KeyStatusChange.Status)
    case ended(KeyStatusChange.Status)

    package var code: AuditFinding.Code {
        switch self {
        case .unknownKey, .otherActorsKey, .outsideLogChain: .actorSignature
        case .statusReversed, .ended: .keyRevoked
        }
    }

    /// The finding's sentence.
    package var detail: String {
        switch self {
        case .unknownKey: "no entry before this one registers the signing key for this actor"
        case .otherActorsKey: "the entry changes the status of a key that belongs to another actor"
        case .outsideLogChain: "the entry changes a key's status outside the log's own chain"
        case .statusReversed(let old, let new): "the entry makes a key \(new) that was already \(old)"
        case .ended(let status): "the entry is signed with a key that was already \(status)"
        }
    }
}

/// All actors' keys, as the log's own entries describe them before the entry that is being read.
struct ActorKeys {
    private var keys: [[UInt8]: ActorKey] = [:]

    /// Takes a change in, unless it breaks a rule.
    mutating func accept(_ change: KeyStatusChange, in object: ObjectID) throws(KeyViolation) {
        keys[change.keyIdentifier] = try ActorKey(change, in: object, after: keys[change.keyIdentifier])
    }

    /// The key that an entry's signature must hold against.
    func signing(_ entry: Entry) throws(KeyViolation) -> VerificationKey {
        try ActorKey.signing(entry.keyIdentifier.flatMap { keys[$0] }, by: entry.actor)
    }
}
