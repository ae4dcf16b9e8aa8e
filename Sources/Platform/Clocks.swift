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

/// The clock that nobody sets and that goes on while the machine is suspended (CLOCK_BOOTTIME of clock_gettime(2)).
///
/// ``MonotonicClock`` stands still during a suspension, after which the time of day would seem to have jumped.
package enum BootClock {
    /// Milliseconds since the machine's start.
    @Sendable
    package static func milliseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}

/// The clocks that a service compares; a test sets both.
package struct MachineClocks: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let wallMilliseconds: @Sendable () -> UInt64
    /// Milliseconds since the machine's start, suspensions included.
    package let bootMilliseconds: @Sendable () -> UInt64

    package init(
        wallMilliseconds: @escaping @Sendable () -> UInt64, bootMilliseconds: @escaping @Sendable () -> UInt64
    ) {
        self.wallMilliseconds = wallMilliseconds
        self.bootMilliseconds = bootMilliseconds
    }

    /// The clocks of this machine.
    package static let system = MachineClocks(
        wallMilliseconds: WallClock.milliseconds, bootMilliseconds: BootClock.milliseconds)
}
