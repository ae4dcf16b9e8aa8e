/// One line of the audit trail; it names a subject, never a person's data.
package struct AuditLine: Sendable, Equatable {
    /// The line's number, from 1 on; only failed operations leave gaps.
    package let number: UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    package let time: UInt64
    /// The number of a user, or of a caller's name (``CallerIdentity/number``).
    package let uid: UInt64
    package let action: String
    package let subject: String
    /// JSON with the particulars of a bundle, a read or a refusal; nil for other lines.
    package let detail: String?
}

extension Registry {
    /// Reads the trail in order, from the line after `number`; `subject` may be in either letter case.
    package func auditLines(
        after number: UInt64, count: Int, subject: String?, in snapshot: any RegistrySnapshot
    ) throws -> [AuditLine] {
        try snapshot.auditLines(after: number, count: count, subject: subject)
    }
}
