import Dispatch
import Storage
import Synchronization

/// Runs the reads of all callers on a few threads of their own, and gives callers their turns one after another.
///
/// A read blocks its thread. So many reads of one caller hold up neither that caller's changes nor anybody else.
final class ReadingTurns: TaskExecutor {
    /// The reads that run at once; the registry has two readers.
    private static let placeCount = 3
    /// The reads of one caller that run at once; another caller always finds a place soon.
    private static let placeCountOfCaller = placeCount - 1

    private struct State {
        /// The number of running reads of each caller.
        var running: [CallerIdentity: Int] = [:]
        var waiting: [CallerIdentity: [CheckedContinuation<Void, Never>]] = [:]
        /// The callers whose reads wait, in the order of their turns.
        var turns: [CallerIdentity] = []

        mutating func takePlace(for caller: CallerIdentity) -> Bool {
            guard running.values.reduce(0, +) < ReadingTurns.placeCount,
                running[caller, default: 0] < ReadingTurns.placeCountOfCaller
            else { return false }
            running[caller, default: 0] += 1
            return true
        }

        /// The next read that may run; its caller's further reads wait behind those of all other callers.
        mutating func next() -> CheckedContinuation<Void, Never>? {
            guard let place = turns.firstIndex(where: { running[$0, default: 0] < ReadingTurns.placeCountOfCaller }),
                takePlace(for: turns[place])
            else { return nil }
            let caller = turns.remove(at: place)
            let next = waiting[caller]?.removeFirst()
            if waiting[caller]?.isEmpty == false { turns.append(caller) } else { waiting[caller] = nil }
            return next
        }
    }

    private let queue = DispatchQueue(label: "read", attributes: .concurrent)
    private let state = Mutex(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs a caller's read once it is its turn.
    func run<Value: Sendable>(
        of caller: CallerIdentity, _ read: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.waiting[caller] == nil, state.takePlace(for: caller) { return true }
                if state.waiting[caller] == nil { state.turns.append(caller) }
                state.waiting[caller, default: []].append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { leave(caller) }
        return try await Task(executorPreference: self) { try await read() }.value
    }

    private func leave(_ caller: CallerIdentity) {
        let next = state.withLock { state in
            state.running[caller] = state.running[caller].flatMap { $0 > 1 ? $0 - 1 : nil }
            return state.next()
        }
        next?.resume()
    }
}
