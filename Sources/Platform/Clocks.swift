import Glibc

/// The time of day; only commands read it.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    @Sendable
    package static func milliseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    package static func seconds() -> UInt64 { milliseconds() / 1000 }
}

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
