import ArgumentParser
import Encoding
import Gate

/// Plays many days of a crooked gate through the real leaf and draw, and prints how often it is caught.
@main
struct SettlementSimulation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settlement-simulation",
        abstract: "Simulate settlements, and print the rate caught beside the formulas of Settlement.md.")

    @Option(help: "The days of each row.")
    var days = 10_000

    @Option(help: "The receipts of a gate's day.")
    var receipts = 10_000

    @Option(help: "The seed of the random choices.")
    var seed: UInt64 = 1

    @Flag(help: "One JSON object a line in place of a table.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(days), (1000...1_000_000).contains(receipts) else {
            throw ValidationError("--days is 1 to 1000000, and --receipts 1000 to 1000000")
        }
    }

    func run() throws {
        if !json {
            print("days \(days), receipts \(receipts), seed \(seed)")
            print("| crooked receipts | share | sample | caught | formula | exact | standard error |")
            print("|---|---|---|---|---|---|---|")
        }
        for (number, row) in CrookedDay.rows.enumerated() {
            var random = SplitMix(seed: seed &+ UInt64(number) &* 1_000_003)
            var caughtCount = 0
            for day in 0..<days {
                if try row.isCaught(receipts, day: UInt64(day), &random) { caughtCount += 1 }
            }
            report(row, caughtCount)
        }
    }

    private func report(_ row: CrookedDay, _ caughtCount: Int) {
        let caught = Double(caughtCount) / Double(days)
        let exact = row.exactRate(receipts)
        let error = (exact * (1 - exact) / Double(days)).squareRoot()
        let values = [
            ("share", row.share), ("sample", Double(row.sampleCount)), ("caught", caught),
            ("formula", row.formula(receipts)), ("exact", exact), ("standardError", error),
        ]
        guard json else {
            let cells = values.map { name, value in
                name == "sample" ? "\(row.sampleCount)" : Self.percent(value)
            }
            print("| \(row.kind.rawValue) | \(cells.joined(separator: " | ")) |")
            return
        }
        var object: JSONObject = ["kind": .string(row.kind.rawValue)]
        for (name, value) in values { object[name] = .number(value) }
        print(JSONValue.object(object).encoded())
    }

    /// A share in percent with two digits after the point.
    private static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) %"
    }
}
