package import Encoding
import Platform

extension Registry {
    /// Adds a line to the append-only audit trail: the caller, the action, the subject, the time, and particulars.
    ///
    /// The particulars of a caller on another machine also have its name, as `caller`.
    package func audit(
        by caller: CallerIdentity, action: String, subject: String, detail: JSONValue? = nil, at now: UInt64,
        in transaction: any RegistryTransaction
    ) throws {
        try transaction.insertAuditLine(
            uid: caller.number, action: action, subject: subject, detail: Self.detail(detail, of: caller)?.encoded(),
            at: now)
    }

    private static func detail(_ detail: JSONValue?, of caller: CallerIdentity) -> JSONValue? {
        guard case .named(let name) = caller else { return detail }
        var members: JSONObject = detail?.object ?? [:]
        members["caller"] = .string(name.text)
        return .object(members)
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

    /// The keyed digest of a caller's idempotency key, because a client may use a person's number as a key.
    package func kept(_ idempotencyKey: String, of caller: CallerIdentity) -> String {
        Hex.encode(cipher.digest("user \(caller.text) idempotency key \(idempotencyKey)"))
    }

    /// The digest that earlier versions kept, the same for every user, so that their answered requests are still known.
    ///
    /// Those versions had no callers on other machines, who therefore get no answer of that time.
    package func keptEarlier(_ idempotencyKey: String, of caller: CallerIdentity) -> String {
        guard case .user = caller else { return kept(idempotencyKey, of: caller) }
        return Hex.encode(cipher.digest("idempotency key \(idempotencyKey)"))
    }

    /// The time for which an answer to an idempotency key is kept: two days, for a client's retries over a weekend.
    package static let answerSeconds: UInt64 = 48 * 3600
    /// The most ended answers that one transaction deletes, so that no writer waits long.
    package static let endedAnswerCountMax = 512

    /// The first answer to a caller's request that carried this idempotency key.
    ///
    /// - Returns: nil for a new key, and for a key whose answer has ended.
    /// - Throws: `idempotency_mismatch` when the key came with another request.
    package func answer(
        toKey key: String, of caller: CallerIdentity, request: [UInt8], at now: UInt64,
        in snapshot: any RegistrySnapshot
    ) throws -> [UInt8]? {
        guard let first = try snapshot.keptAnswer(toKeys: (kept(key, of: caller), keptEarlier(key, of: caller))),
            Self.isKept(first, at: now)
        else { return nil }
        guard first.requestDigest == cipher.digest(request) else {
            throw StorageError(
                code: .idempotencyMismatch, reason: "the idempotency key was used for another request",
                hint: "use a new key for each new request")
        }
        let answer = try cipher.answer(first)
        guard (try? JSONValue.parse(answer, byteCountMax: answer.count)) != nil else {
            throw StorageError.corruptRow("the answer to an idempotency key")
        }
        return answer
    }

    private static func isKept(_ answer: KeptAnswer, at now: UInt64) -> Bool {
        // An answer from the future stays: the clock may have been set back.
        now < answer.time || now - answer.time < answerSeconds
    }

    /// Keeps an answer sealed, in the transaction of its change; an ended answer to the same key goes.
    package func remember(
        answer: [UInt8], toKey key: String, of caller: CallerIdentity, request: [UInt8], at now: UInt64,
        in transaction: any RegistryTransaction
    ) throws {
        _ = try forgetEndedAnswers(at: now, in: transaction)
        let key = kept(key, of: caller)
        try transaction.putAnswer(
            KeptAnswer(
                key: key, requestDigest: cipher.digest(request),
                sealedAnswer: try cipher.sealed(answer: answer, toKey: key), time: now))
    }

    /// Deletes answers that have ended, the oldest first.
    ///
    /// - Returns: the number of deleted answers; at ``endedAnswerCountMax``, more of them may be left.
    package func forgetEndedAnswers(at now: UInt64, in transaction: any RegistryTransaction) throws -> Int {
        guard now >= Self.answerSeconds else { return 0 }
        return try transaction.deleteAnswers(until: now - Self.answerSeconds, countMax: Self.endedAnswerCountMax)
    }
}
