import TraceLog

extension Sequencer {
    /// Refuses a change that auditors report as tampering: a key that becomes active again, or another actor's key.
    static func check(_ change: KeyStatusChange, of object: ObjectID, _ snapshot: any LogSnapshot) throws {
        do {
            _ = try ActorKey(change, in: object, after: knownKey(change.keyIdentifier, snapshot))
        } catch let violation as KeyViolation {
            throw refusal(violation)
        }
    }

    /// A key's state from the log's entries; nil when no entry names the key.
    static func knownKey(_ keyIdentifier: [UInt8], _ snapshot: any LogSnapshot) throws -> ActorKey? {
        try newest(of: keyIdentifier, snapshot).map { try ActorKey($0, in: .log, after: nil) }
    }

    /// The newest change of a key's status; nil when there is none.
    private static func newest(of keyIdentifier: [UInt8], _ snapshot: any LogSnapshot) throws -> KeyStatusChange? {
        var newest: KeyStatusChange?
        try snapshot.visitOwnEntries(containing: keyIdentifier, before: nil, newestFirst: true) { _, bytes in
            guard case .keyStatus(let change) = try Entry.decode(bytes[...]).event,
                change.keyIdentifier == keyIdentifier
            else { return true }
            newest = change
            return false
        }
        return newest
    }

    private static func refusal(_ violation: KeyViolation) -> LogError {
        let (reason, hint): (String, String)
        switch violation {
        case .outsideLogChain:
            (reason, hint) = ("a key's status cannot be in an object's chain", "append it to the log's own chain")
        case .unknownKey, .otherActorsKey:
            (reason, hint) = ("the key belongs to another actor", "make a key of its own for each actor")
        case .statusReversed(let old, let new):
            (reason, hint) = (
                "the key is \(old) and cannot become \(new)",
                "make a new key: a retired or revoked key never becomes active again"
            )
        case .ended(let status): (reason, hint) = ("the key is \(status)", "sign with another key")
        }
        return LogError(code: .keyStatusRefused, reason: reason, hint: hint)
    }
}
