/// How often something may be done: evenly on average, and a number of times at once after a pause.
package struct Pace: Sendable, Hashable {
    /// The time that each one uses up, in nanoseconds.
    let intervalNanoseconds: UInt64
    /// The most at once.
    package let burstCount: UInt64

    /// - Parameters:
    ///   - count: how many are allowed in `seconds` on average, 1 to 1,000,000,000.
    ///   - seconds: the time for `count`, 1 to 86,400.
    ///   - burstCount: the most at once, 1 to 10,000,000; a whole bucket fills within 100 years.
    package init(_ count: UInt64, in seconds: UInt64 = 1, burstCount: UInt64) {
        // No input reaches this: every pace is a constant, or a setting within its range.
        precondition(
            (1...1_000_000_000).contains(count) && (1...86_400).contains(seconds)
                && (1...10_000_000).contains(burstCount), "a pace within its range")
        intervalNanoseconds = max(1, seconds * 1_000_000_000 / count)
        // No input reaches this: a setting has at most a million a second, and ten seconds of them at once.
        precondition(
            !intervalNanoseconds.multipliedReportingOverflow(by: burstCount).overflow, "a bucket that can be filled")
        self.burstCount = burstCount
    }
}
