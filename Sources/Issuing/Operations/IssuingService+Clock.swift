extension IssuingService {
    /// The reason why nothing is signed at a time; nil while the clock may date signatures.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z, just read from the wall clock.
    /// - Returns: `clock_jumped` or `clock_before_checkpoint`.
    package func clockObstacle(atMilliseconds now: UInt64) -> OperationError? {
        do throws(OperationError) {
            _ = try signingClock.time(at: now)
            return nil
        } catch {
            return error
        }
    }

    /// The recorded time of the log's newest entry, in milliseconds since 1970-01-01T00:00:00Z; nil for an empty log.
    package var newestEntryMilliseconds: UInt64? { signingClock.newestMilliseconds }
}
