import ArgumentParser
import Platform
import QRReading

/// How long a picture may be looked at.
struct ScanOptions: ParsableArguments {
    @Option(
        name: .customLong("budget"),
        help: "Milliseconds for looking at one picture: 150, or 15 for a film's frame, unless given.")
    var budgetMilliseconds: UInt64?

    /// A reader that keeps its buffers from picture to picture.
    var reader: PictureReader {
        PictureReader(budgetMilliseconds: budgetMilliseconds ?? PictureReader.budgetMillisecondsDefault)
    }

    /// Reads a film: what one frame's time does not suffice for, the next frames bring.
    var frameScanner: Scanner {
        Scanner(
            budgetMilliseconds: budgetMilliseconds ?? Self.frameMilliseconds,
            microseconds: MonotonicClock.microseconds)
    }

    /// Leaves half of a frame's time, at 30 a second, to reading it, deciding, and a busy box.
    private static let frameMilliseconds: UInt64 = 15
}
