import Glibc

/// How long something takes: that is not the time of day, which stays a parameter.
package enum MonotonicClock {
    /// Milliseconds of a clock that never goes back.
    package static func milliseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
