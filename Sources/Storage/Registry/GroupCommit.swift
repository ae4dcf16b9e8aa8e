import Dispatch
package import GRDB
import Synchronization

/// Writes from many callers, committed together: a sync costs as much for one as for a thousand.
///
/// A write that finds the disk idle is committed at once; those that arrive during a commit share the next. Each runs
/// in its own savepoint, so that one refusal leaves the others whole, and is answered only after the commit.
package final class GroupCommit: Sendable {
    /// The most writes in one transaction, so that no caller waits for an unbounded one.
    package static let jobCountMax = 1024

    private struct Job: Sendable {
        let run: @Sendable (Database) -> Void
        let settle: @Sendable (StorageError?) -> Void
    }

    private struct State {
        var pending: [Job] = []
        var isDraining = false
        /// Set by the first commit that fails; what the disk holds is unknown from then on.
        var failure: StorageError?
    }

    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "registry.commit")
    private let state = Mutex(State())

    init(pool: DatabasePool) {
        self.pool = pool
    }

    /// Runs `body` in a transaction and returns its value once that is on disk.
    ///
    /// - Parameter body: one change; what it throws undoes only itself.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` throws, or `registry_unwritable` when the commit failed: nothing counts as written then.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = Outcome<Value>()
            enqueue(
                Job(
                    run: { database in outcome.set(Result { try Self.inSavepoint(database, body) }) },
                    settle: { failure in
                        if let failure {
                            continuation.resume(throwing: failure)
                        } else {
                            continuation.resume(with: outcome.take())
                        }
                    }))
        }
    }

    private static func inSavepoint<Value>(_ database: Database, _ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try database.inSavepoint {
            value = try body(database)
            return .commit
        }
        guard let value else { throw StorageError.unwritable("a savepoint did not run") }
        return value
    }

    private func enqueue(_ job: Job) {
        let failure = state.withLock { state -> StorageError? in
            if let failure = state.failure { return failure }
            state.pending.append(job)
            if !state.isDraining {
                state.isDraining = true
                queue.async { self.drain() }
            }
            return nil
        }
        if let failure { job.settle(failure) }
    }

    private func drain() {
        while true {
            let jobs = state.withLock { state -> [Job] in
                let jobs = Array(state.pending.prefix(Self.jobCountMax))
                state.pending.removeFirst(jobs.count)
                state.isDraining = !jobs.isEmpty
                return jobs
            }
            if jobs.isEmpty { return }
            let failure = commit(jobs)
            if let failure { state.withLock { $0.failure = failure } }
            for job in jobs { job.settle(failure) }
        }
    }

    private func commit(_ jobs: [Job]) -> StorageError? {
        if let failure = state.withLock({ $0.failure }) { return failure }
        do {
            try pool.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    for job in jobs { job.run(database) }
                    return .commit
                }
            }
            return nil
        } catch let error as DatabaseError {
            return .unwritable(error.message ?? "\(error.resultCode)")
        } catch {
            return .unwritable("the commit failed")
        }
    }
}

/// One job's result, set inside the transaction and taken after it.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
    }

    func take() -> Result<Value, any Error> {
        result.withLock { $0 } ?? .failure(StorageError.unwritable("the write did not run"))
    }
}
