package import Gate
import Platform

extension Verifier {
    /// Makes one verdict from one scan: its codes' worst verdict, or an acceptance with all codes' findings.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - receipts: keeps the receipts of accepted codes before the verdict is given; nil for none.
    ///   - assess: assesses the scan's codes.
    /// - Returns: the verdict, with the time that it took.
    package func decide(
        at now: UInt64, receipts: ReceiptKeeper?, _ assess: (Verifier) -> AssessedScan
    ) -> Verdict {
        let begin = MonotonicClock.microseconds()
        let scan = assess(self)
        var verdicts = settle(scan, at: now)
        if let receipts { receipts.keep(receipts.prepare(scan, of: self, at: now), &verdicts) }
        var verdict = Verdict.fused(verdicts)
        verdict.elapsedMicroseconds = MonotonicClock.microseconds() - begin
        return verdict
    }
}
