import ArgumentParser
import Credential

/// Writes a bundle with two days' status lists of 25 million codes each, and files of codes that gates accept by it.
struct StationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station", abstract: "Make a bundle, and codes shown at one moment, each of a different holder.")

    /// The number of codes that the largest installation issues in a day.
    static let dailyCodeCount = 25_000_000
    private static let daySeconds: UInt64 = 86_400

    @Option(help: "A folder to fill: bundle/, signed.txt, chain.txt.")
    var out: String

    @Option(help: "The number of codes of each kind; a multiple of 2,880, a day's slots, gives all slots equally many.")
    var count = 18 * 2880

    @Option(help: "The time at which the codes are shown, in seconds since 1970-01-01T00:00:00Z.")
    var at: UInt64

    func run() throws {
        let station = try Station(at: at)
        try BundleFolder.write(station.bundle(listing: Self.dailyCodeCount), into: "\(out)/bundle")
        try write(lines: (0..<count).map { try station.signedCode($0).text }, to: "\(out)/signed.txt")
        // Spreads the chain codes evenly over the slots of the chain's day.
        let slotCount = Int(Self.daySeconds / HashChain.slotSeconds)
        try write(lines: (0..<count).map { try station.chainCode($0, slot: $0 % slotCount) }, to: "\(out)/chain.txt")
    }

    private func write(lines: [String], to path: String) throws {
        let text = lines.joined(separator: "\n") + "\n"
        try BundleFolder.replace(path, with: Array(text.utf8), mode: 0o600)
    }
}
