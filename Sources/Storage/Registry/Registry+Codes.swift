package import Credential
import Encoding
import Foundation
package import GRDB

extension Registry {
    /// Remembers a code, so that it can be revoked and counted.
    package func record(_ code: IssuedCodeRecord, in database: Database) throws {
        try database.run(
            "INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", .bytes(code.id), .text(code.subject),
            .integer(Int64(code.form.rawValue)), code.kind.map { .integer(Int64($0.rawValue)) },
            code.list.map { .text($0.name) }, code.statusIndex.map { try .integer($0) },
            code.actorIndex.map { try .integer($0) }, code.actor.map { .text($0) }, .integer(code.issuedAt),
            code.expiresAt.map { try .integer($0) }, .bytes(code.keyIdentifier))
    }

    /// Revokes one code by its identifier, or every live code of a subject, a guardian's among them.
    ///
    /// - Returns: how many codes are revoked now that were not before.
    /// - Throws: `code_unknown` when neither a live code nor a subject goes by that name.
    package func revoke(
        _ target: RevocationTarget, reason: String?, at now: UInt64, in database: Database
    ) throws -> Int {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT list, statusIndex AS bit FROM code
                WHERE (id = ?1 OR subject = ?2) AND (expiresAt IS NULL OR expiresAt > ?3) AND statusIndex IS NOT NULL
                UNION ALL
                SELECT list, actorIndex FROM code
                WHERE actor = ?2 AND (expiresAt IS NULL OR expiresAt > ?3) AND actorIndex IS NOT NULL
                """, arguments: [target.code.map { Data($0) }, target.subject?.text, try now.stored])
        guard try !rows.isEmpty || isRegistered(target.subject, in: database) else {
            throw StorageError(
                code: .codeUnknown, reason: "no live code or subject goes by that name",
                hint: "name the `cti` of an issue answer, or a `subject`")
        }
        var count = 0
        for row in rows {
            let (list, bit) = (try row.text("list"), try row.integer("bit"))
            guard (0...Int64(Claims.statusIndexMax)).contains(bit) else {
                throw StorageError.corruptRow("the index of a code")
            }
            let sealed = try reason.map { try cipher.sealed(reason: $0, list: list, statusIndex: bit) }
            try database.execute(
                sql: "INSERT OR IGNORE INTO revocation VALUES (?, ?, ?, ?)",
                arguments: [list, bit, try now.stored, sealed])
            count += database.changesCount
        }
        return count
    }

    private func isRegistered(_ identifier: SubjectIdentifier?, in database: Database) throws -> Bool {
        guard let identifier else { return false }
        do {
            _ = try subject(identifier, in: database)
            return true
        } catch let error as StorageError where error.code == .subjectUnknown {
            return false
        }
    }
}

/// A code as the registry remembers it; its text is not kept.
package struct IssuedCodeRecord: Sendable {
    /// The `cti`, or random bytes for a form that has none.
    package let id: [UInt8]
    package let subject: String
    package let form: Form
    package let kind: PersonKind?
    package let list: StatusListReference?
    package let statusIndex: UInt64?
    /// The guardian of a delegated code, and its bit in the same list.
    package let actor: String?
    package let actorIndex: UInt64?
    package let issuedAt: UInt64
    package let expiresAt: UInt64?
    package let keyIdentifier: [UInt8]

    package init(
        id: [UInt8], subject: String, claims: Claims, actor: String?, keyIdentifier: [UInt8]
    ) {
        self.id = id
        self.subject = subject
        form = claims.form
        kind = claims.person?.kind
        list = claims.statusList
        statusIndex = claims.statusIndices.first
        self.actor = actor
        actorIndex = claims.person?.actor?.statusIndex
        issuedAt = claims.issuedAt
        expiresAt = claims.expiresAt
        self.keyIdentifier = keyIdentifier
    }
}
