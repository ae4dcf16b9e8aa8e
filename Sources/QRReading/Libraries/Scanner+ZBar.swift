extension Scanner {
    /// Makes a scanner with zbar beside our own reader, and without a time limit.
    package init() { self.init(limit: nil, foreign: .zbar) }

    /// Makes a scanner with zbar beside our own reader, which keeps to its budget.
    ///
    /// - Parameters:
    ///   - budgetMilliseconds: the time for one picture.
    ///   - microseconds: a clock that never goes back.
    package init(budgetMilliseconds: UInt64, microseconds: @escaping @Sendable () -> UInt64) {
        self.init(
            limit: Limit(budgetMilliseconds: budgetMilliseconds, microseconds: microseconds), foreign: .zbar)
    }
}
