import Glibc

/// This machine's clocks.
enum Clock {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    static func seconds() -> UInt64 {
        UInt64(clamping: time(nil))
    }

    /// Microseconds of a clock that never goes back.
    static func microseconds() -> UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}
