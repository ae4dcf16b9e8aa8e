import Synchronization

/// Whether the daemon's published tree is up to date.
package final class TreeHealth: Sendable {
    private struct State {
        var error: OperationError?
        /// Of the sealed keys' last step.
        var keysError: OperationError?
        var checkedAt: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The error of the last publication; nil after a good one, and before the first.
    package var error: OperationError? { state.withLock { $0.error ?? $0.keysError } }

    /// The last time at which the tree was up to date, in seconds since 1970-01-01T00:00:00Z; 0 before the first.
    package var checkedAt: UInt64 { state.withLock(\.checkedAt) }

    func noteSuccess(at time: UInt64) {
        state.withLock { ($0.error, $0.checkedAt) = (nil, time) }
    }

    func note(_ error: OperationError) {
        state.withLock { $0.error = error }
    }

    /// Notes the outcome of a step of the sealed keys.
    func noteKeys(_ error: OperationError?) {
        state.withLock { $0.keysError = error }
    }
}
