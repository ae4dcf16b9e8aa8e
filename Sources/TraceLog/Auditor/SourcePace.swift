/// Whether a source still gives at a pace worth waiting for; a limit for each file alone would let a hostile one, of
/// many files, hold an auditor for weeks.
///
/// What is waited for counts, and not the time that an auditor spends on what it was given.
package struct SourcePace: Sendable {
    /// What may be lost to beginnings and pauses over the whole audit.
    static let graceMilliseconds: UInt64 = 30_000
    /// What an answer may take whatever its size: connections, round trips.
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
