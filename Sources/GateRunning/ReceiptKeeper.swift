package import Gate
import Platform
import Signing
import Synchronization

/// Keeps the receipts of accepted codes, durably before their verdicts are printed.
///
/// A holder is never turned away because a receipt cannot be kept: it is the operator's loss alone. The verdict then
/// bears a warning, and the operator is told why.
package final class ReceiptKeeper: Sendable {
    /// The warning in an accept whose receipt is not known to be kept.
    package static let failedWarning = "receipt_failed"

    /// The receipts of one scan, kept if the scan is accepted.
    package struct Prepared: Sendable {
        fileprivate let entries: Result<[ReceiptEntry], ReceiptError>
        fileprivate let day: SettlementDay
    }

    private let book: ReceiptBook
    private let report: @Sendable (ReceiptError) -> Void
    /// The code of the error that was told last, so that a full disk is told once.
    private let told = Mutex<ReceiptError.Code?>(nil)

    /// - Parameters:
    ///   - book: the folder of receipts.
    ///   - report: tells the operator of a failure; not again while the same failure lasts.
    package init(_ book: ReceiptBook, report: @escaping @Sendable (ReceiptError) -> Void) {
        (self.book, self.report) = (book, report)
    }

    /// Seals the receipts of an assessed scan; several threads may do so at once.
    package func prepare(_ scan: AssessedScan, of gate: Verifier, at now: UInt64) -> Prepared {
        let entries = Result { () throws(ReceiptError) in
            guard let key = gate.settlementKey else { throw ReceiptError.noSettlementKey }
            return try ReceiptMaker(sealingTo: key, random: SystemRandom()).entries(of: scan, at: now)
        }
        return Prepared(entries: entries, day: SettlementDay(of: now))
    }

    /// Keeps the receipts of accepted scans.
    ///
    /// - Parameter scans: in the order of their acceptance.
    /// - Returns: for each scan, whether its receipts are on the disk.
    package func keep(_ scans: [Prepared]) -> [Bool] {
        var isKept = [Bool](repeating: true, count: scans.count)
        var failure: ReceiptError?
        for day in Set(scans.map(\.day)).sorted() {
            var entries: [ReceiptEntry] = []
            var places: [Int] = []
            for (place, scan) in scans.enumerated() where scan.day == day {
                switch scan.entries {
                case .success(let own) where own.isEmpty: continue
                case .success(let own):
                    entries += own
                    places.append(place)
                case .failure(let error):
                    failure = error
                    isKept[place] = false
                }
            }
            guard !entries.isEmpty else { continue }
            do throws(ReceiptError) {
                try book.keep(entries, on: day)
            } catch {
                failure = error
                for place in places { isKept[place] = false }
            }
        }
        tell(failure, isSuccess: isKept.contains(true))
        return isKept
    }

    /// Keeps one scan's receipts, and warns in its verdicts if they are not kept.
    package func keep(_ scan: Prepared, _ verdicts: inout [Verdict]) {
        guard !verdicts.isEmpty, verdicts.allSatisfy({ $0.outcome == .accept }), keep([scan]) == [false] else { return }
        for index in verdicts.indices { verdicts[index].findings.warnings.append(Self.failedWarning) }
    }

    private func tell(_ failure: ReceiptError?, isSuccess: Bool) {
        let isNews = told.withLock { told in
            let before = told
            if let failure { told = failure.code } else if isSuccess { told = nil }
            return failure != nil && before != failure?.code
        }
        if isNews, let failure { report(failure) }
    }
}

extension ReceiptError {
    package static let noSettlementKey = ReceiptError(
        code: .unavailable, reason: "the bundle has no settlement key",
        hint: "ask the issuer for one, `suishen settle key`, and fetch the next bundle")
}
