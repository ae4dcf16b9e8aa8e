import Dispatch
import Synchronization

/// A write in the order of writes: its value is set inside the transaction and returned after the commit.
package final class SubmittedWrite<Value: Sendable>: Sendable {
    private struct State {
        var outcome: Result<Value, any Error>?
        var isSettled = false
        var waiting: (@Sendable (Result<Value, any Error>) -> Void)?
    }

    private let state = Mutex(State())

    init() {}

    /// Waits until the write is on disk or has failed; call it once.
    ///
    /// - Throws: the errors of ``RegistryStore/write(_:)``.
    package func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            whenSettled { continuation.resume(with: $0) }
        }
    }

    /// Like ``value()``, on a thread that may block.
    ///
    /// - Throws: the errors of ``RegistryStore/write(_:)``.
    func blockingValue() throws -> Value {
        let end = DispatchSemaphore(value: 0)
        let found = Mutex<Result<Value, any Error>?>(nil)
        whenSettled { outcome in
            found.withLock { $0 = outcome }
            end.signal()
        }
        end.wait()
        guard let outcome = found.withLock({ $0 }) else { throw StorageError.unwritable("the write did not run") }
        return try outcome.get()
    }

    private func whenSettled(_ body: @escaping @Sendable (Result<Value, any Error>) -> Void) {
        let settled = state.withLock { state -> Result<Value, any Error>? in
            if state.isSettled { return state.outcome }
            state.waiting = body
            return nil
        }
        if let settled { body(settled) }
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
        waiting?(outcome)
    }
}
