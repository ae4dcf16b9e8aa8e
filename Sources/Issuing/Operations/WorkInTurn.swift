import Dispatch
import Synchronization

/// Runs long work, one piece after another, on its own queue, so that blocking work holds up no other request.
package final class WorkInTurn: TaskExecutor {
    private let queue: DispatchQueue
    private let last = Mutex<Task<Void, Never>?>(nil)

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs `work` once every earlier piece has ended, even when an earlier piece suspended in between.
    package func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = last.withLock { last in
            let task = Task(executorPreference: self) { [before = last] in
                await before?.value
                return try await work()
            }
            last = Task { _ = await task.result }
            return task
        }
        return try await task.value
    }
}
