import Dispatch
package import GRDB
import Synchronization

/// Writes from many callers, committed together: a sync costs as much for one as for a thousand.
///
/// A write that finds the disk idle is committed at once; those that arrive during a commit share the next. A refusal
/// leaves the others whole, and each is answered only after the commit.
package final class GroupCommit: Sendable {
    /// The most writes in one transaction, so that no caller waits for an unbounded one.
    package static let jobCountMax = 1024
    /// How many of them go to those that somebody waits for alone, before the lines of batches.
    private static let soleJobCountMax = jobCountMax / 2

    private struct Job: Sendable {
        /// Runs the change and keeps its outcome; false when it is to be undone.
        let run: @Sendable (Database) -> Bool
        let settle: @Sendable (StorageError?) -> Void
    }

    private struct State {
        var sole: [Job] = []
        var lines: [Job] = []
        var isDraining = false
        /// Set by the first commit whose outcome is not known; nothing is written from then on.
        var failure: StorageError?
        var onUnknownOutcome: @Sendable (StorageError) -> Void = { _ in }
        var position: RegistryPosition?
    }

    /// How a transaction ended.
    private enum Outcome {
        case done
        /// Nothing of it was kept, and writing may go on.
        case undone(StorageError)
        /// The disk may or may not have it: a failed sync leaves that open.
        case unknown(StorageError)
    }

    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "registry.commit")
    private let state: Mutex<State>

    init(pool: DatabasePool, position: RegistryPosition?) {
        self.pool = pool
        state = Mutex(State(position: position))
    }

    /// How far the registry is on disk: never ahead of a commit; nil where the registry has no position.
    package var position: RegistryPosition? { state.withLock { $0.position } }

    /// Takes up what a commit has brought the registry to.
    func keep(_ position: RegistryPosition) {
        state.withLock { $0.position = position }
    }

    /// Has the process told of the first commit whose outcome is not known, before any of its callers is answered.
    ///
    /// - Parameter handler: best ends the process: what the disk has then shows at the next start.
    package func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void) {
        state.withLock { $0.onUnknownOutcome = handler }
    }

    /// Runs `body` in a transaction and returns its value once that is on disk.
    ///
    /// - Parameter body: one change; what it throws undoes only itself. It may run again after all of it was undone, and
    ///   the last run counts.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` throws; `disk_full` or `registry_unwritable` when nothing was kept, after which writing
    ///   goes on once it can; `commit_unknown` when the commit failed, after which nothing is written any more.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await submit(body).value()
    }

    /// Gives `body` its place among the writes, and returns before it has run.
    ///
    /// - Parameters:
    ///   - isLine: whether it is one of many in a batch. Lines run in the order of submitting, and so do all others, which
    ///     do not wait behind thousands of lines.
    ///   - body: as in ``write(_:)``.
    /// - Returns: the write, its value still to come.
    package func submit<Value: Sendable>(
        isLine: Bool = false, _ body: @escaping @Sendable (Database) throws -> Value
    ) -> SubmittedWrite<Value> {
        let write = SubmittedWrite<Value>()
        enqueue(
            Job(run: { database in write.run { try body(database) } }, settle: { write.settle($0) }), isLine: isLine)
        return write
    }

    private func enqueue(_ job: Job, isLine: Bool) {
        let failure = state.withLock { state -> StorageError? in
            if let failure = state.failure { return failure }
            if isLine { state.lines.append(job) } else { state.sole.append(job) }
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
                let sole = state.sole.prefix(Self.soleJobCountMax)
                let lines = state.lines.prefix(Self.jobCountMax - sole.count)
                state.sole.removeFirst(sole.count)
                state.lines.removeFirst(lines.count)
                let jobs = Array(sole + lines)
                state.isDraining = !jobs.isEmpty
                return jobs
            }
            if jobs.isEmpty { return }
            switch commit(jobs) {
            case .done: for job in jobs { job.settle(nil) }
            case .undone(let failure): for job in jobs { job.settle(failure) }
            case .unknown(let failure):
                let handler = state.withLock { state in
                    state.failure = failure
                    return state.onUnknownOutcome
                }
                handler(failure)
                for job in jobs { job.settle(failure) }
            }
        }
    }

    private func commit(_ jobs: [Job]) -> Outcome {
        if let failure = state.withLock({ $0.failure }) { return .undone(failure) }
        return pool.writeWithoutTransaction { database in
            let position: RegistryPosition?
            do {
                let changeCount = database.totalChangesCount
                try database.beginTransaction(.immediate)
                if try !Self.runTogether(jobs, database) {
                    try database.rollback()
                    try database.beginTransaction(.immediate)
                    for job in jobs { try Self.runInSavepoint(job, database) }
                }
                position = try database.totalChangesCount == changeCount ? nil : RegistryPosition.advance(database)
            } catch {
                return Self.undone(by: error, database)
            }
            do {
                try database.commit()
                if let position { keep(position) }
                return .done
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                return Self.undone(by: error, database)
            } catch {
                return .unknown(.commitUnknown(error))
            }
        }
    }

    private static func undone(by error: any Error, _ database: Database) -> Outcome {
        do {
            if database.isInsideTransaction { try database.rollback() }
            return .undone(StorageError(sqlite: error))
        } catch {
            return .unknown(.commitUnknown(error))
        }
    }

    /// Runs jobs without savepoints, which cost about what a small write does.
    ///
    /// - Returns: false when one was refused after it had changed something, which only a rollback undoes.
    private static func runTogether(_ jobs: [Job], _ database: Database) throws -> Bool {
        for job in jobs {
            let changeCount = database.totalChangesCount
            let isKept = try run(job, database)
            guard isKept || database.totalChangesCount == changeCount else { return false }
        }
        return true
    }

    private static func run(_ job: Job, _ database: Database) throws -> Bool {
        let isKept = job.run(database)
        // SQLite answers a full disk by undoing the whole transaction; a later job must not start one of its own.
        guard database.isInsideTransaction else { throw StorageError.diskFull }
        return isKept
    }

    private static func runInSavepoint(_ job: Job, _ database: Database) throws {
        try database.cachedStatement(sql: "SAVEPOINT job").execute()
        if try !run(job, database) { try database.cachedStatement(sql: "ROLLBACK TO SAVEPOINT job").execute() }
        try database.cachedStatement(sql: "RELEASE SAVEPOINT job").execute()
    }
}
