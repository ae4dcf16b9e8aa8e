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
