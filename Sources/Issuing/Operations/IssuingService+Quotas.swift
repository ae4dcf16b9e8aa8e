import Credential
import Storage
import TraceLog

extension IssuingService {
    /// A caller's codes of one form that a transaction is about to issue, within the caller's quota.
    struct QuotaShare: Sendable {
        fileprivate let caller: CallerIdentity
        fileprivate let form: Form
        fileprivate let countBefore: IssuedCount
        fileprivate let added: UInt64
    }

    /// Refuses codes beyond a caller's quota of the day, before the transaction changes anything.
    ///
    /// - Parameters:
    ///   - count: the codes that are asked for.
    ///   - form: their form.
    ///   - caller: who asks.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - snapshot: the transaction that issues the codes.
    /// - Returns: what to keep with ``keep(_:in:)`` in the same transaction; nil for a caller without a quota.
    /// - Throws: `quota_exceeded`.
    func quotaShare(
        _ count: UInt64, _ form: Form, of caller: CallerIdentity, at now: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> QuotaShare? {
        guard let countMax = settings.quotas.countMax(of: caller, form) else { return nil }
        let issued = try Registry.issuedCount(of: caller, form, at: now, in: snapshot)
        guard issued.count <= countMax, count <= countMax - issued.count else {
            let end = (issued.day + 1) * 86_400
            let beginning = TraceEvent.utc(clampingSeconds: Int64(clamping: end))
            throw OperationError(
                code: .quotaExceeded,
                reason: "this caller may issue \(countMax) \(form.name) codes a day, has issued \(issued.count), and "
                    + "asks for \(count) more",
                hint: "ask again from \(beginning) on, when the quota begins anew",
                retrySeconds: end - min(now, end))
        }
        return QuotaShare(caller: caller, form: form, countBefore: issued, added: count)
    }

    /// Counts the codes of a share.
    func keep(_ share: QuotaShare?, in transaction: any RegistryTransaction) throws {
        guard let share else { return }
        try Registry.addIssued(
            share.added, to: share.countBefore, of: share.caller, share.form, in: transaction)
    }
}
