/// Whether a source is fast enough over the whole audit: with a limit for each file alone, a hostile server of many files
/// could keep an auditor busy for weeks.
///
/// Only the time spent waiting for the source counts, not the auditor's own work.
package struct SourcePace: Sendable {
    /// The time allowed for connecting and for pauses, over the whole audit.
    static let graceMilliseconds: UInt64 = 30_000
    /// The time allowed for each answer, whatever its size.
    static let fileMilliseconds: UInt64 = 500
    /// The slowest transfer, 32 KiB a second.
    static let bytesAMillisecond: UInt64 = 32

    private var allowedMilliseconds = graceMilliseconds
    private var waitedMilliseconds: UInt64 = 0

    package init() {}

    /// Notes one answer.
    ///
    /// - Returns: false once the source is too slow as a whole.
    package mutating func note(byteCount: Int, milliseconds: UInt64) -> Bool {
        waitedMilliseconds += milliseconds
        allowedMilliseconds += Self.fileMilliseconds + UInt64(byteCount) / Self.bytesAMillisecond
        return waitedMilliseconds <= allowedMilliseconds
    }
}
