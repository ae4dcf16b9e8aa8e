import Encoding
import Foundation
package import GRDB

extension Registry {
    /// Adds a line to the append-only trail: who did what to which subject, and when.
    package func audit(uid: UInt32, action: String, subject: String, at now: UInt64, in database: Database) throws {
        try database.run(
            "INSERT INTO audit (at, uid, action, subject) VALUES (?, ?, ?, ?)", .integer(now), .integer(Int64(uid)),
            .text(action), .text(subject))
    }

    /// The next gate bundle's version: higher than every one before, and at least the time.
    ///
    /// The time keeps a registry that was copied back from taking a version that was published since.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - database: an open transaction.
    /// - Returns: a version that is kept as the newest.
    /// - Throws: `registry_corrupt`.
    package func nextBundleVersion(at now: UInt64, in database: Database) throws -> UInt64 {
        let row = try Row.fetchOne(database, sql: "SELECT value FROM counter WHERE name = 'bundle'")
        let newest = try row?.unsigned("value") ?? 0
        guard newest < UInt64(Int64.max) else { throw StorageError.corruptRow("the newest bundle's version") }
        let version = max(newest + 1, now)
        try database.run("INSERT OR REPLACE INTO counter VALUES ('bundle', ?)", .integer(version))
        return version
    }

    /// What is kept of a user's idempotency key: clients may take a person's number as one, and others may take the same.
    package func kept(_ idempotencyKey: String, of uid: UInt32) -> String {
        Hex.encode(cipher.digest("user \(uid) idempotency key \(idempotencyKey)"))
    }

    /// What earlier versions kept of a key, whoever's it was; a request that they answered is still a repeated one.
    package func keptOfAnybody(_ idempotencyKey: String) -> String {
        Hex.encode(cipher.digest("idempotency key \(idempotencyKey)"))
    }

    /// The first answer to a user's request that carried this idempotency key.
    ///
    /// - Throws: `idempotency_mismatch` when the key came with another request then.
    package func answer(
        toKey key: String, of uid: UInt32, request: [UInt8], in database: Database
    ) throws -> String? {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(sql: "SELECT request, answer FROM idempotency WHERE key IN (?, ?)"),
                arguments: [kept(key, of: uid), keptOfAnybody(key)])
        else { return nil }
        guard try row.blob("request") == Data(cipher.digest(request)) else {
            throw StorageError(
                code: .idempotencyMismatch, reason: "the idempotency key was used for another request",
                hint: "use a fresh key for each new request")
        }
        let answer = try row.text("answer")
        guard (try? JSONValue.parse(Array(answer.utf8), byteCountMax: answer.utf8.count)) != nil else {
            throw StorageError.corruptRow("the answer to an idempotency key")
        }
        return answer
    }

    /// Keeps an answer in the transaction that it answers for.
    package func remember(
        answer: String, toKey key: String, of uid: UInt32, request: [UInt8], at now: UInt64, in database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO idempotency VALUES (?, ?, ?, ?)",
            arguments: [kept(key, of: uid), Data(cipher.digest(request)), answer, try now.stored])
    }
}
