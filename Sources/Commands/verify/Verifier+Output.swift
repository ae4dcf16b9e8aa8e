import Gate
import GateRunning
import Platform
import QRReading

extension Verifier {
    /// Decides on one text, and prints the verdict.
    func decide(
        _ text: String, at: UInt64?, receipts: ReceiptKeeper?, _ output: VerdictOutput
    ) -> VerdictOutcome {
        decide(at: at, receipts: receipts, output) { gate, now in
            gate.assess(ScannedText(Array(text.utf8)), at: now)
        }
    }

    /// Decides on one picture, and prints the verdict.
    func decide(_ scan: Scan, at: UInt64?, receipts: ReceiptKeeper?, _ output: VerdictOutput) -> VerdictOutcome {
        decide(at: at, warnings: scan.warnings, receipts: receipts, output) { gate, now in
            gate.assess(scan.codes.map(\.bytes), unreadCount: scan.unreadPersonCodes.count, at: now)
        }
    }

    private func decide(
        at: UInt64?, warnings: [String] = [], receipts: ReceiptKeeper?, _ output: VerdictOutput,
        _ assess: (Verifier, UInt64) -> AssessedScan
    ) -> VerdictOutcome {
        let now = at ?? WallClock.seconds()
        var verdict = decide(at: now, receipts: receipts) { assess($0, now) }
        verdict.findings.warnings += warnings
        output.write(verdict)
        return verdict.outcome
    }
}
