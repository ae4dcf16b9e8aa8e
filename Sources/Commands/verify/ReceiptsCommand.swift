import ArgumentParser
import CommandSupport
import Encoding
import Gate
import GateCommandLine
import Platform
import Signing

/// Closes a gate's days of receipts, and opens the drawn ones.
struct ReceiptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts", abstract: "Close a gate's days of receipts, and answer the settlement's draws.",
        subcommands: [Show.self, Close.self, Open.self])

    /// The folder of receipts and the gate's own keys.
    struct Folder: ParsableArguments {
        @Option(help: "The folder of receipts, as given to the gate.")
        var receipts: String

        @OptionGroup var stateFolder: StateFolderOptions

        @Option(help: "Unix time in seconds, in place of the clock.")
        var at: UInt64?

        @Flag(help: "One JSON object a line; this is always the output.")
        var json = false

        var now: UInt64 { at ?? WallClock.seconds() }

        /// Runs `body` on the folder with the gate's keys.
        func use(_ body: (ReceiptBook, GateKeys) throws -> Void) throws {
            do {
                let keys = try GateSettings(of: "verify", state: stateFolder.path).gateKeys()
                try body(try ReceiptBook(folder: receipts, gate: keys.gate), keys)
            } catch let error as ReceiptError {
                throw CommandError(undecided: error)
            } catch let error as BundleError {
                throw CommandError(undecided: error)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count each day's receipts, and delete those of days that ended more than 30 days ago.")

        @OptionGroup var folder: Folder

        func run() throws {
            try folder.use { book, _ in
                for day in try book.days(at: folder.now) {
                    let line: JSONValue = [
                        "day": .string(day.day.text), "count": .integer(Int64(clamping: day.count)),
                        "paper": .integer(Int64(clamping: day.paperCount)),
                        "timed": .integer(Int64(clamping: day.timedCount)), "closed": .bool(day.isClosed),
                        "openings": .bool(day.hasOpenings),
                    ]
                    StandardStream.output.write(line.encoded() + "\n")
                }
            }
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a day's counts and root; the day then takes no more receipts.",
            discussion: "Closing the day again writes the same bytes. Give the file to `suishen settle register`.")

        @OptionGroup var folder: Folder

        @Option(help: "The day, YYYY-MM-DD in UTC; it must be over.", transform: DayArgument.parse)
        var day: SettlementDay

        @Option(help: "The file for the signed record.")
        var out: String

        func run() throws {
            try folder.use { book, keys in
                let bytes = try book.close(day, by: keys.signing, at: folder.now)
                let closed = try ClosedDay(bytes) { _ in keys.signing.verificationKey }
                try OutputFile.write(bytes, to: out)
                StandardStream.output.write(closed.json.encoded() + "\n")
            }
        }
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the drawn receipts, still sealed, with their proofs. A day answers one draw only.")

        /// The most bytes of a file of draws: of about 100,000 gates.
        private static let drawsByteCountMax = 256 << 20

        @OptionGroup var folder: Folder

        @Option(help: "The output of `suishen settle draw`; the gate reads its own line.")
        var draw: String

        @Option(help: "The file for the openings, for `suishen settle check`.")
        var out: String

        func run() throws {
            try folder.use { book, keys in
                let draw = try ownDraw(keys.gate)
                let openings = try book.open(draw, by: keys.signing.verificationKey, at: folder.now)
                try OutputFile.write(openings.encoded(), to: out)
                let line: JSONValue = [
                    "day": .string(openings.day.text), "gate": .string(openings.gate.text),
                    "openings": .integer(Int64(openings.openings.count)),
                ]
                StandardStream.output.write(line.encoded() + "\n")
            }
        }

        private func ownDraw(_ gate: GateIdentifier) throws -> SettlementDraw {
            let bytes = try InputFile.read(draw, byteCountMax: Self.drawsByteCountMax)
            var own: [JSONValue] = []
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                guard let value = try? JSONValue.parse(line, byteCountMax: SettlementDraw.byteCountMax),
                    value["gate"]?.string == gate.text
                else { continue }
                own.append(value)
            }
            guard own.count == 1 else {
                throw ReceiptError(
                    code: .drawForeign, reason: "\(draw) has \(own.count) lines for gate \(gate.text)",
                    hint: "give the output of one `suishen settle draw`")
            }
            return try SettlementDraw(own[0])
        }
    }
}

/// A day on the command line.
enum DayArgument {
    static func parse(_ text: String) throws -> SettlementDay {
        guard let day = SettlementDay(text) else { throw ValidationError("a day is YYYY-MM-DD") }
        return day
    }
}
