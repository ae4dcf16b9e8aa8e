import CommandSupport
import Gate
import GateRunning
import QRReading

/// Decides on pictures shown to a gate, with one verdict for each.
struct PictureScan {
    var reader: PictureReader
    let gate: Verifier
    let receipts: ReceiptKeeper?
    let output: VerdictOutput
    let at: UInt64?

    /// Decides on each picture; returns the worst verdict.
    mutating func decide(_ paths: [String]) -> VerdictOutcome {
        var worst = VerdictOutcome.accept
        for path in paths { worst = max(worst, decide(path)) }
        return worst
    }

    /// The texts of a picture's codes.
    mutating func texts(in path: String) throws(CommandError) -> [String] {
        try reader.scan(path).codes.map(\.text)
    }

    private mutating func decide(_ path: String) -> VerdictOutcome {
        do throws(CommandError) {
            let scan = try reader.scan(path)
            guard let failure = scan.failure(path) else { return gate.decide(scan, at: at, receipts: receipts, output) }
            return output.undecided(
                failure, scene: gate.scene.name, warnings: gate.standingWarnings + scan.warnings)
        } catch {
            return output.undecided(error, scene: gate.scene.name, warnings: gate.standingWarnings)
        }
    }
}
