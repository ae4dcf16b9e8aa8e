import Dispatch
import Synchronization

/// Commits the writes of many callers together, because a sync costs the same for one write as for a thousand.
///
/// A write is committed at once when the disk is idle; writes that arrive during a commit share the next one. A refused
/// write does not affect the others. Each write is answered only after the commit.
package final class GroupCommit: Sendable {
    /// The most writes in one transaction, so that no caller waits for an unbounded transaction.
    static let jobCountMax = 1024
    /// The share of each commit that single requests get before batch lines.
    private static let soleJobCountMax = jobCountMax / 2

    /// The most runs of the same writes, each after a commit that certainly did not happen.
    private static let runCountMax = 3

    private struct Job: Sendable {
        let reads: ForeseenReads
        /// Runs the change and keeps its outcome; false when the change must be undone.
        let run: @Sendable (any StoreTransaction) -> Bool
        let settle: @Sendable (StorageError?) -> Void
    }

    private struct State {
        var sole: [Job] = []
        var lines: [Job] = []
        var isDraining = false
        var isClosed = false
        /// The error of the first commit with an unknown outcome; nothing is written after it.
        var failure: StorageError?
        var onUnknownOutcome: @Sendable (StorageError) -> Void = { _ in }
        var position: RegistryPosition?
    }

    /// How a transaction ended.
    private enum Outcome {
        case done
        /// Nothing of the transaction was kept, and writing may go on.
        case undone(StorageError)
        /// The transaction may or may not be on the disk, as after a failed sync.
        case unknown(StorageError, isLast: Bool)
    }

    private let connection: any WriteConnection
    private let queue = DispatchQueue(label: "registry.commit")
    private let state: Mutex<State>

    package init(_ connection: any WriteConnection, position: RegistryPosition?) {
        self.connection = connection
        state = Mutex(State(position: position))
    }

    /// The position that is certainly on disk; nil when the registry has no position.
    package var position: RegistryPosition? { state.withLock { $0.position } }

    /// Keeps the position after a commit, unless a later one is kept.
    package func keep(_ position: RegistryPosition) {
        state.withLock { state in
            if let kept = state.position, kept.commitCount > position.commitCount { return }
            state.position = position
        }
    }

    /// See ``RegistryStore/onUnknownOutcome(_:)``.
    package func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void) {
        state.withLock { $0.onUnknownOutcome = handler }
    }

    /// See ``RegistryStore/submit(isLine:reads:_:)``.
    package func submit<Value: Sendable>(
        isLine: Bool, reads: ForeseenReads, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        let write = SubmittedWrite<Value>()
        enqueue(
            Job(reads: reads, run: { transaction in write.run { try body(transaction) } }) { write.settle($0) },
            isLine: isLine)
        return write
    }

    /// Finishes the submitted writes, and refuses every later write.
    package func close() {
        state.withLock { $0.isClosed = true }
        queue.sync {}
    }

    private func enqueue(_ job: Job, isLine: Bool) {
        let failure = state.withLock { state -> StorageError? in
            if let failure = state.failure { return failure }
            if state.isClosed { return .unwritable("it is closed") }
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
            case .unknown(let failure, isLast: false): for job in jobs { job.settle(failure) }
            case .unknown(let failure, isLast: true):
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
        connection.withSession { session in
            for _ in 0..<Self.runCountMax {
                let position: RegistryPosition?
                do throws(StorageError) {
                    position = try Self.run(jobs, session)
                } catch {
                    return Self.undone(by: error, session)
                }
                do throws(StorageError) {
                    guard try session.commit() else { continue }
                    if let position { keep(position) }
                    return .done
                } catch {
                    return error.code == .commitUnknown
                        ? .unknown(error, isLast: session.endsAtUnknownOutcome) : Self.undone(by: error, session)
                }
            }
            return .undone(session.lossError)
        }
    }

    private static func undone(by error: StorageError, _ session: any WriteSession) -> Outcome {
        do throws(StorageError) {
            if session.isInTransaction { try session.rollback() }
            return .undone(error)
        } catch {
            return .unknown(error, isLast: session.endsAtUnknownOutcome)
        }
    }

    /// Runs jobs in a new transaction, which stays open.
    ///
    /// - Returns: the position after the transaction's commit; nil when no kept job has changed anything.
    private static func run(_ jobs: [Job], _ session: any WriteSession) throws(StorageError) -> RegistryPosition? {
        try begin(jobs, session)
        let changeCount = session.changeCount
        if try runTogether(jobs, session) {
            return session.changeCount == changeCount ? nil : try session.advancePosition()
        }
        try session.rollback()
        try begin(jobs, session)
        var isChanged = false
        for job in jobs {
            let changeCount = session.changeCount
            var isKept = false
            try session.nested { () throws(StorageError) in
                isKept = try run(job, session)
                return isKept
            }
            if isKept, session.changeCount != changeCount { isChanged = true }
        }
        return isChanged ? try session.advancePosition() : nil
    }

    /// Begins a transaction, and reads what its jobs foresee.
    private static func begin(_ jobs: [Job], _ session: any WriteSession) throws(StorageError) {
        try session.begin()
        try session.foresee(jobs.map(\.reads))
    }

    /// Runs jobs without a savepoint for each, which would cost about as much as a small write.
    ///
    /// - Returns: false when a job was refused after it had changed something; only a rollback can undo this.
    private static func runTogether(_ jobs: [Job], _ session: any WriteSession) throws(StorageError) -> Bool {
        for job in jobs {
            let mark = session.changeMark
            let isKept = try run(job, session)
            guard isKept || session.changeMark == mark else { return false }
        }
        return try session.hasKeptAll()
    }

    private static func run(_ job: Job, _ session: any WriteSession) throws(StorageError) -> Bool {
        let isKept = job.run(session.transaction)
        // Without this check, a later job would run outside the transaction.
        guard session.isInTransaction else { throw session.lossError }
        return isKept
    }
}
