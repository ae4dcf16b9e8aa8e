package import Credential
import Foundation
package import GRDB

/// A code that was issued, as a subject's history tells it; its text is not kept.
package struct PastCode: Sendable, Equatable {
    /// The `cti`, or random bytes for a form that has none.
    package let id: [UInt8]
    package let subject: String
    /// The guardian of a delegated code.
    package let guardian: String?
    package let form: Form
    package let kind: PersonKind?
    package let list: String?
    package let statusIndex: UInt64?
    package let issuedAt: UInt64
    package let expiresAt: UInt64?
    package let keyIdentifier: [UInt8]
    /// When its own index, or its guardian's, was revoked.
    package let revokedAt: UInt64?
    /// Why it was revoked, where that was said.
    package let revocationReason: String?
}

extension Registry {
    /// Reads the codes that a subject holds or is guardian of, oldest first, from the one behind `after`.
    package func history(
        of subject: SubjectIdentifier, after: [UInt8]?, count: Int, in database: Database
    ) throws -> [PastCode] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT code.*, revocation.statusIndex AS revokedIndex, revokedAt, reason
                FROM code LEFT JOIN revocation ON revocation.list = code.list AND revocation.statusIndex = (
                    SELECT statusIndex FROM revocation AS bit
                    WHERE bit.list = code.list AND bit.statusIndex IN (code.statusIndex, code.actorIndex)
                    ORDER BY revokedAt, statusIndex LIMIT 1)
                WHERE (subject = ?1 OR actor = ?1)
                    AND (?2 IS NULL OR (issuedAt, id) > (SELECT issuedAt, id FROM code WHERE id = ?2))
                ORDER BY issuedAt, id LIMIT ?3
                """, arguments: [subject.text, after.map { Data($0) }, count]
        ).map { row in
            let reason = try row.optionalBlob("reason").map { sealed in
                try cipher.reason(sealed, list: row.text("list"), statusIndex: row.integer("revokedIndex"))
            }
            return try PastCode(row, revocationReason: reason)
        }
    }
}

extension PastCode {
    fileprivate init(_ row: Row, revocationReason: String?) throws(StorageError) {
        guard let form = Form(rawValue: try row.integer("form")) else { throw .corruptRow("form is unknown") }
        let kind = try row.optionalInteger("kind")
        self.init(
            id: Array(try row.blob("id")), subject: try row.text("subject"), guardian: try row.optionalText("actor"),
            form: form, kind: kind.flatMap { PersonKind(rawValue: $0) }, list: try row.optionalText("list"),
            statusIndex: try row.optionalUnsigned("statusIndex"), issuedAt: try row.unsigned("issuedAt"),
            expiresAt: try row.optionalUnsigned("expiresAt"), keyIdentifier: Array(try row.blob("keyIdentifier")),
            revokedAt: try row.optionalUnsigned("revokedAt"), revocationReason: revocationReason)
    }
}
