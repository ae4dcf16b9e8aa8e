import ArgumentParser
import CommandSupport
import Platform

/// The current time of a command: the clock's, or a given one.
struct ClockOptions: ParsableArguments {
    @Option(name: .customLong("at"), help: "Seconds since 1970-01-01T00:00:00Z, in place of the clock.")
    var fixedSeconds: UInt64?

    /// The last second of the year 9999, so that sums of times do not overflow 64 bits.
    private static let secondsMax: UInt64 = 253_402_300_799

    func validate() throws {
        guard (fixedSeconds ?? 0) <= Self.secondsMax else {
            throw ValidationError("--at is at most \(Self.secondsMax), the end of the year 9999")
        }
    }

    var now: UInt64 { nowMilliseconds / 1000 }

    var nowMilliseconds: UInt64 { fixedSeconds.map { $0 * 1000 } ?? WallClock.milliseconds() }
}
