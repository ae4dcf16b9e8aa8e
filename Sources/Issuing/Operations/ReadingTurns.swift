import Dispatch
import Synchronization

/// Runs the reads of all users on a few threads of their own, and gives users their turns one after another.
///
/// A read blocks its thread. So many reads of one user hold up neither that user's changes nor anybody else.
final class ReadingTurns: TaskExecutor {
    /// The reads that run at once; the registry has two readers.
    private static let placeCount = 3
    /// The reads of one user that run at once; another user always finds a place soon.
    private static let placeCountOfUser = placeCount - 1

    private struct State {
        /// The number of running reads of each user.
        var running: [UInt32: Int] = [:]
        var waiting: [UInt32: [CheckedContinuation<Void, Never>]] = [:]
        /// The users whose reads wait, in the order of their turns.
        var turns: [UInt32] = []

        mutating func takePlace(for uid: UInt32) -> Bool {
            guard running.values.reduce(0, +) < ReadingTurns.placeCount,
                running[uid, default: 0] < ReadingTurns.placeCountOfUser
            else { return false }
            running[uid, default: 0] += 1
            return true
        }

        /// The next read that may run; its user's further reads wait behind those of all other users.
        mutating func next() -> CheckedContinuation<Void, Never>? {
            guard let place = turns.firstIndex(where: { running[$0, default: 0] < ReadingTurns.placeCountOfUser }),
                takePlace(for: turns[place])
            else { return nil }
            let uid = turns.remove(at: place)
            let next = waiting[uid]?.removeFirst()
            if waiting[uid]?.isEmpty == false { turns.append(uid) } else { waiting[uid] = nil }
            return next
        }
    }

    private let queue = DispatchQueue(label: "read", attributes: .concurrent)
    private let state = Mutex(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs a user's read once it is its turn.
    func run<Value: Sendable>(
        of uid: UInt32, _ read: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.waiting[uid] == nil, state.takePlace(for: uid) { return true }
                if state.waiting[uid] == nil { state.turns.append(uid) }
                state.waiting[uid, default: []].append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { leave(uid) }
        return try await Task(executorPreference: self) { try await read() }.value
    }

    private func leave(_ uid: UInt32) {
        let next = state.withLock { state in
            state.running[uid] = state.running[uid].flatMap { $0 > 1 ? $0 - 1 : nil }
            return state.next()
        }
        next?.resume()
    }
}
