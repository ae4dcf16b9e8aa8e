import Synchronization

/// A write in the order of writes: its value is set inside the transaction and returned after the commit.
package final class SubmittedWrite<Value: Sendable>: Sendable {
    private struct State {
        var outcome: Result<Value, any Error>?
        var isSettled = false
        var waiting: CheckedContinuation<Value, any Error>?
    }

    private let state = Mutex(State())

    init() {}

    /// Waits until the write is on disk or has failed; call it once.
    ///
    /// - Throws: the errors of ``RegistryStore/write(_:)``.
    package func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let settled = state.withLock { state -> Result<Value, any Error>? in
                if state.isSettled { return state.outcome }
                state.waiting = continuation
                return nil
            }
            if let settled { continuation.resume(with: settled) }
        }
    }

    /// Runs the body and keeps its result; returns false when the body threw an error.
    func run(_ body: () throws -> Value) -> Bool {
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try body())
        } catch {
            outcome = .failure(error)
        }
        state.withLock { $0.outcome = outcome }
        if case .success = outcome { return true }
        return false
    }

    /// Ends the waiting with the body's result, or with the error of the commit.
    func settle(_ failure: StorageError?) {
        let (waiting, outcome) = state.withLock { state in
            let outcome =
                failure.map { .failure($0) } ?? state.outcome
                ?? .failure(StorageError.unwritable("the write did not run"))
            state.outcome = outcome
            state.isSettled = true
            defer { state.waiting = nil }
            return (state.waiting, outcome)
        }
        waiting?.resume(with: outcome)
    }
}
