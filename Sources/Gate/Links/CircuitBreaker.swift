/// Stops asking a service that keeps failing, so that a gate answers at once instead of waiting each time.
struct CircuitBreaker: Sendable {
    /// Failures in a row that start a pause.
    static let failureCountMax = 3
    /// The length of a pause in seconds; the first request after it decides whether another pause follows.
    static let pauseSeconds: UInt64 = 30

    private var failureCount = 0
    private var pausedAt: UInt64?

    /// Whether a request may be sent at `now`; a clock set back ends the pause.
    func isClosed(at now: UInt64) -> Bool {
        guard let pausedAt else { return true }
        return now < pausedAt || now - pausedAt >= Self.pauseSeconds
    }

    mutating func succeeded() {
        failureCount = 0
        pausedAt = nil
    }

    mutating func failed(at now: UInt64) {
        failureCount += 1
        if failureCount >= Self.failureCountMax { pausedAt = now }
    }
}
