package import Credential

/// The codes that a caller issued on one day.
package struct IssuedCount: Sendable, Equatable {
    /// Days since 1970-01-01, in UTC.
    package let day: UInt64
    package let count: UInt64

    package init(day: UInt64, count: UInt64) {
        (self.day, self.count) = (day, count)
    }
}

extension Registry {
    /// The codes of a form that a caller has issued on the day of a time.
    ///
    /// Where the clock has gone back, the count of the later day goes on, so that no day is counted twice.
    ///
    /// - Parameters:
    ///   - caller: who issued them.
    ///   - form: the codes' form.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - snapshot: the registry.
    /// - Returns: the day that counts, and the count.
    /// - Throws: `registry_corrupt`.
    package static func issuedCount(
        of caller: CallerIdentity, _ form: Form, at now: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> IssuedCount {
        let today = now / 86_400
        guard let newest = try snapshot.issuedCount(of: caller.number, form: form.name), newest.day >= today else {
            return IssuedCount(day: today, count: 0)
        }
        return newest
    }

    /// Adds codes to a caller's count, in the transaction that issues them.
    package static func addIssued(
        _ added: UInt64, to count: IssuedCount, of caller: CallerIdentity, _ form: Form,
        in transaction: any RegistryTransaction
    ) throws {
        let (sum, isOver) = count.count.addingReportingOverflow(added)
        guard !isOver else { throw StorageError.corruptRow("the count of a caller's codes") }
        try transaction.putIssuedCount(IssuedCount(day: count.day, count: sum), of: caller.number, form: form.name)
    }
}
