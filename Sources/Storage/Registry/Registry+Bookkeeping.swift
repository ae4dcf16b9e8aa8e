import Encoding

extension Registry {
    /// Adds a line to the append-only audit trail: the user, the action, the subject and the time.
    package func audit(
        uid: UInt32, action: String, subject: String, at now: UInt64, in transaction: any RegistryTransaction
    ) throws {
        try transaction.insertAuditLine(uid: uid, action: action, subject: subject, at: now)
    }

    /// The next gate bundle's version: higher than every earlier version, and at least the current time.
    ///
    /// Because of the time, a registry restored from a copy does not reuse a version that was published after the copy.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - transaction: an open transaction.
    /// - Returns: the version, which the registry records as the newest.
    /// - Throws: `registry_corrupt`.
    package func nextBundleVersion(at now: UInt64, in transaction: any RegistryTransaction) throws -> UInt64 {
        let newest = try transaction.counter(Self.bundleCounter) ?? 0
        guard newest < UInt64(Int64.max) else { throw StorageError.corruptRow("the newest bundle's version") }
        let version = max(newest + 1, now)
        try transaction.raiseCounter(Self.bundleCounter, to: version)
        return version
    }

    /// The keyed digest of a user's idempotency key, because a client may use a person's number as a key.
    package func kept(_ idempotencyKey: String, of uid: UInt32) -> String {
        Hex.encode(cipher.digest("user \(uid) idempotency key \(idempotencyKey)"))
    }

    /// The digest that earlier versions kept, the same for every user, so that their answered requests are still known.
    package func keptOfAnybody(_ idempotencyKey: String) -> String {
        Hex.encode(cipher.digest("idempotency key \(idempotencyKey)"))
    }

    /// The first answer to a user's request that carried this idempotency key.
    ///
    /// - Throws: `idempotency_mismatch` when the key came with another request.
    package func answer(
        toKey key: String, of uid: UInt32, request: [UInt8], in snapshot: any RegistrySnapshot
    ) throws -> String? {
        guard let first = try snapshot.keptAnswer(toKeys: (kept(key, of: uid), keptOfAnybody(key))) else { return nil }
        guard first.requestDigest == cipher.digest(request) else {
            throw StorageError(
                code: .idempotencyMismatch, reason: "the idempotency key was used for another request",
                hint: "use a new key for each new request")
        }
        let answer = first.answer
        guard (try? JSONValue.parse(Array(answer.utf8), byteCountMax: answer.utf8.count)) != nil else {
            throw StorageError.corruptRow("the answer to an idempotency key")
        }
        return answer
    }

    /// Keeps an answer, in the transaction of its change.
    package func remember(
        answer: String, toKey key: String, of uid: UInt32, request: [UInt8], at now: UInt64,
        in transaction: any RegistryTransaction
    ) throws {
        try transaction.insertAnswer(
            KeptAnswer(requestDigest: cipher.digest(request), answer: answer), toKey: kept(key, of: uid), at: now)
    }
}
