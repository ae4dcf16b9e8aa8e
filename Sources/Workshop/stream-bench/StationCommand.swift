import ArgumentParser
import Credential
import Gate
import Glibc
import Signing

/// Writes a bundle with two days' status lists of 25 million codes each, and files of codes that it accepts.
struct StationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station", abstract: "Make a bundle, and codes shown at one moment, each line another holder's.")

    /// Codes of one day in the largest installation.
    private static let dailyCodeCount = 25_000_000
    private static let daySeconds: UInt64 = 86_400

    @Option(help: "A folder to fill: bundle/, signed.txt, chain.txt.")
    var out: String

    @Option(help: "Codes of each kind; as many of a chain's each slot where it is a multiple of a day's 2,880.")
    var count = 18 * 2880

    @Option(help: "When the codes are shown, in seconds since 1970-01-01T00:00:00Z.")
    var at: UInt64

    func run() throws {
        let station = try Station(at: at)
        try write(station.bundle(listing: Self.dailyCodeCount), into: "\(out)/bundle")
        try write(lines: (0..<count).map { try station.signedCode($0) }, to: "\(out)/signed.txt")
        // As many codes a slot, over the whole day that a chain lives.
        let slotCount = Int(Self.daySeconds / HashChain.slotSeconds)
        try write(lines: (0..<count).map { try station.chainCode($0, slot: $0 % slotCount) }, to: "\(out)/chain.txt")
    }

    private func write(_ files: BundleExport, into folder: String) throws {
        for path in [out, folder, "\(folder)/\(BundleExport.statusFolder)"] { unsafe mkdir(path, 0o700) }
        for file in files.files { try write(file.bytes, to: "\(folder)/\(file.path)", mode: file.mode) }
    }

    private func write(lines: [String], to path: String) throws {
        try write(Array(lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")], to: path, mode: 0o600)
    }

    private func write(_ bytes: [UInt8], to path: String, mode: UInt32) throws {
        unsafe unlink(path)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw ValidationError("\(path) cannot be written") }
            written += count
        }
    }
}
