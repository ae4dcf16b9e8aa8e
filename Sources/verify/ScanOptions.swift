import ArgumentParser
import CommandSupport
import Glibc
import QRImage

/// How long a picture may be looked at.
struct ScanOptions: ParsableArguments {
    @Option(name: .customLong("budget"), help: "Milliseconds after which no further look at a picture begins.")
    var budgetMilliseconds: UInt64 = 150

    /// A reader that keeps its buffers from picture to picture.
    var reader: PictureReader {
        PictureReader(scanner: Scanner(budgetMilliseconds: budgetMilliseconds, milliseconds: Self.milliseconds))
    }

    private static func milliseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
