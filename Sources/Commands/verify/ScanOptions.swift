import ArgumentParser
import Platform
import QRReading

/// The time limit for looking at one picture.
struct ScanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Milliseconds for looking at one picture: 150 by default, or 15 for a film's frame; none for no limit.",
            valueName: "MILLISECONDS|none"),
        transform: ScanBudget.parse)
    var budget: ScanBudget?

    /// A reader that keeps its buffers from picture to picture.
    var reader: PictureReader { reader(foreign: .zbar) }

    /// The same; without a foreign reader, only our own one looks.
    func reader(foreign: ForeignReader?) -> PictureReader {
        PictureReader(budget: budget ?? PictureReader.budgetDefault, foreign: foreign)
    }

    /// A scanner for a film: a code that one frame's time does not suffice to read is read in a later frame.
    var frameScanner: Scanner { Scanner(limit: (budget ?? Self.frameBudget).limit, foreign: .zbar) }

    /// Leaves half of a frame's time, at 30 frames a second, for reading the frame, deciding, and other load.
    private static let frameBudget = ScanBudget.milliseconds(15)
}

extension ScanBudget {
    /// The scanner's limit; nil for none.
    var limit: Scanner.Limit? {
        switch self {
        case .milliseconds(let count):
            Scanner.Limit(budgetMilliseconds: count, microseconds: MonotonicClock.microseconds)
        case .none: nil
        }
    }
}
