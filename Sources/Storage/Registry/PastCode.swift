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
        ).compactMap { row in
            let reason = try (row["reason"] as Data?).map { sealed in
                try cipher.reason(sealed, list: row["list"], statusIndex: row["revokedIndex"])
            }
            return PastCode(row, revocationReason: reason)
        }
    }
}

extension PastCode {
    fileprivate init?(_ row: Row, revocationReason: String?) {
        guard let form = Form(rawValue: row["form"]) else { return nil }
        func number(_ column: String) -> UInt64? { (row[column] as Int64?).map { UInt64(clamping: $0) } }
        self.init(
            id: Array(row["id"] as Data), subject: row["subject"], guardian: row["actor"], form: form,
            kind: (row["kind"] as Int64?).flatMap { PersonKind(rawValue: $0) }, list: row["list"],
            statusIndex: number("statusIndex"), issuedAt: number("issuedAt") ?? 0, expiresAt: number("expiresAt"),
            keyIdentifier: Array(row["keyIdentifier"] as Data), revokedAt: number("revokedAt"),
            revocationReason: revocationReason)
    }
}
