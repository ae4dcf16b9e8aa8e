package import GRDB

/// One line of the audit trail; it names a subject, never a person's data.
package struct AuditLine: Sendable, Equatable {
    /// Counts up from 1 without gaps, but for operations that failed.
    package let number: UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    package let time: UInt64
    package let uid: UInt32
    package let action: String
    package let subject: String
}

extension Registry {
    /// Reads the trail in order, from the line after `number`; a subject's name in either letter case.
    package func auditLines(
        after number: UInt64, count: Int, subject: String?, in database: Database
    ) throws -> [AuditLine] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM audit WHERE number > ?1 AND (?2 IS NULL OR subject = ?2 COLLATE NOCASE)
                ORDER BY number LIMIT ?3
                """,
            arguments: [Int64(clamping: number), subject, count]
        ).map { row in
            AuditLine(
                number: try row.unsigned("number"), time: try row.unsigned("at"),
                uid: UInt32(clamping: try row.unsigned("uid")), action: try row.text("action"),
                subject: try row.text("subject"))
        }
    }
}
