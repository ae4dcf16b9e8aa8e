import Glibc

/// A clock for measuring durations; the time of day is always a parameter instead.
package enum MonotonicClock {
    /// Milliseconds of a clock that never goes back.
    package static func milliseconds() -> Int {
        let time = now()
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Microseconds of the same clock.
    @Sendable
    package static func microseconds() -> UInt64 {
        let time = now()
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    private static func now() -> timespec {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time
    }
}
