/// The times within which requests to object storage are answered.
package struct S3Limits: Sendable {
    /// The longest wait for one answer.
    package var requestMilliseconds = 5000
    /// The time after which no further attempt begins.
    package var callMilliseconds = 10_000
    /// The wait before the second attempt; it doubles with every further one.
    package var firstPauseMilliseconds = 50

    package init() {}
}
