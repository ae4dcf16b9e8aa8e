import ArgumentParser
import Glibc

/// The time a command takes as now.
struct ClockOptions: ParsableArguments {
    @Option(name: .customLong("at"), help: "Seconds since 1970-01-01T00:00:00Z, in place of the clock.")
    var fixedSeconds: UInt64?

    var now: UInt64 {
        fixedSeconds ?? UInt64(max(0, time(nil)))
    }
}
