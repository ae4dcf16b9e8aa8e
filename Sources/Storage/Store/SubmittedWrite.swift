import Synchronization

/// A write that has its place among the others: its value is set inside the transaction, and given out after it.
package final class SubmittedWrite<Value: Sendable>: Sendable {
    private struct State {
        var outcome: Result<Value, any Error>?
        var isSettled = false
        var waiting: CheckedContinuation<Value, any Error>?
    }

    private let state = Mutex(State())

    init() {}

    /// Waits until the write is on disk, or is known not to be; asked once.
    ///
    /// - Throws: as ``RegistryStore/write(_:)``.
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

    /// Keeps what the body gave, and says whether it gave a value.
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

    /// Ends the waiting: with what the body gave, or with why the commit did not keep it.
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
