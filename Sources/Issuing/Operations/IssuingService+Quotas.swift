import Credential
import Storage
import TraceLog

extension IssuingService {
    /// A user's codes of one form that a transaction is about to issue, within the user's quota.
    struct QuotaShare: Sendable {
        fileprivate let uid: UInt32
        fileprivate let form: Form
        fileprivate let countBefore: IssuedCount
        fileprivate let added: UInt64
    }

    /// Refuses codes beyond a user's quota of the day, before the transaction changes anything.
    ///
    /// - Parameters:
    ///   - count: the codes that are asked for.
    ///   - form: their form.
    ///   - uid: the user who asks.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - snapshot: the transaction that issues the codes.
    /// - Returns: what to keep with ``keep(_:in:)`` in the same transaction; nil for a user without a quota.
    /// - Throws: `quota_exceeded`.
    func quotaShare(
        _ count: UInt64, _ form: Form, of uid: UInt32, at now: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> QuotaShare? {
        guard let countMax = settings.quotas.countMax(of: uid, form) else { return nil }
        let issued = try Registry.issuedCount(of: uid, form, at: now, in: snapshot)
        guard issued.count <= countMax, count <= countMax - issued.count else {
            let end = (issued.day + 1) * 86_400
            let beginning = TraceEvent.utc(clampingSeconds: Int64(clamping: end))
            throw OperationError(
                code: .quotaExceeded,
                reason: "this user may issue \(countMax) \(form.name) codes a day, has issued \(issued.count), and "
                    + "asks for \(count) more",
                hint: "ask again from \(beginning) on, when the quota begins anew",
                retrySeconds: end - min(now, end))
        }
        return QuotaShare(uid: uid, form: form, countBefore: issued, added: count)
    }

    /// Counts the codes of a share.
    func keep(_ share: QuotaShare?, in transaction: any RegistryTransaction) throws {
        guard let share else { return }
        try Registry.addIssued(
            share.added, to: share.countBefore, of: share.uid, share.form, in: transaction)
    }
}
