/// Stops asking a service that keeps failing, so that a gate answers at once instead of waiting each time.
struct CircuitBreaker: Sendable {
    /// Failures in a row after which nothing is asked.
    static let failureCountMax = 3
    /// How long nothing is asked then, in seconds; the next question after that decides.
    static let pauseSeconds: UInt64 = 30

    private var failureCount = 0
    private var pausedAt: UInt64?

    /// Whether to ask at `now`; a clock set back ends the pause.
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
