import ArgumentParser
import CommandSupport
import Platform

/// The option for the current time of a command.
struct ClockOptions: ParsableArguments {
    static let help: ArgumentHelp = "Seconds since 1970-01-01T00:00:00Z, in place of the clock."

    @Option(name: .customLong("at"), help: Self.help)
    var fixedSeconds: UInt64?

    /// The last second of the year 9999, so that sums of times do not overflow 64 bits.
    private static let secondsMax: UInt64 = 253_402_300_799

    func validate() throws { try Self.check(fixedSeconds) }

    /// Refuses a time after the year 9999.
    static func check(_ fixedSeconds: UInt64?) throws {
        guard (fixedSeconds ?? 0) <= secondsMax else {
            throw ValidationError("--at is at most \(secondsMax), the end of the year 9999")
        }
    }

    private var clock: CommandClock { CommandClock(fixedSeconds: fixedSeconds) }
    var now: UInt64 { clock.now }
    var nowMilliseconds: UInt64 { clock.nowMilliseconds }
}

/// The current time of a command: the clock's, or a given one.
struct CommandClock {
    let fixedSeconds: UInt64?

    var now: UInt64 { nowMilliseconds / 1000 }

    var nowMilliseconds: UInt64 { fixedSeconds.map { $0 * 1000 } ?? WallClock.milliseconds() }
}
