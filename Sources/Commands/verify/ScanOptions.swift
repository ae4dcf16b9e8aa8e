import ArgumentParser
import Platform
import QRReading

/// The time limit for looking at one picture.
struct ScanOptions: ParsableArguments {
    @Option(
        name: .customLong("budget"),
        help: "Milliseconds for looking at one picture: 150 by default, or 15 for a film's frame.")
    var budgetMilliseconds: UInt64?

    /// A reader that keeps its buffers from picture to picture.
    var reader: PictureReader {
        PictureReader(budgetMilliseconds: budgetMilliseconds ?? PictureReader.budgetMillisecondsDefault)
    }

    /// A scanner for a film: a code that one frame's time does not suffice to read is read in a later frame.
    var frameScanner: Scanner {
        Scanner(
            budgetMilliseconds: budgetMilliseconds ?? Self.frameMilliseconds,
            microseconds: MonotonicClock.microseconds)
    }

    /// Leaves half of a frame's time, at 30 frames a second, for reading the frame, deciding, and other load.
    private static let frameMilliseconds: UInt64 = 15
}
