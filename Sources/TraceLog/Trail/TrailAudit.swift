/// What an audit of the operator's trail found.
package struct TrailAudit: Sendable {
    package let report: AuditReport
    /// The checkpoint's note, where it could be read.
    package let note: SignedNote?
    /// The number of lines after the last one that the log states.
    package let newLineCount: UInt64
    /// The last line that was dropped after its retention; 0 for a trail that begins with its first line.
    package let droppedThrough: UInt64
}
