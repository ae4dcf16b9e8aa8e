import Dispatch
import Synchronization

/// Writes the beat's file before an answer leaves; one write serves every caller that waits.
final class BeatKeeper: Sendable {
    private struct Waiting {
        let step: Beat.Step
        let settle: @Sendable (OperationError?) -> Void
    }

    private struct State {
        /// The beat that is certainly on disk.
        var synced: Beat
        /// The beat of the last write; after a failed sync it may not survive a power failure.
        var placed: Beat
        var waiting: [Waiting] = []
        var isDraining = false
    }

    private let file: BeatFile
    private let committed: @Sendable () -> UInt64
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "beat")

    /// Starts from the beat that the file holds.
    ///
    /// - Parameters:
    ///   - file: the beat's file.
    ///   - beat: the file's content.
    ///   - committed: returns the current number of committed groups of writes.
    init(_ file: BeatFile, holding beat: Beat, committed: @escaping @Sendable () -> UInt64) {
        self.file = file
        self.committed = committed
        state = Mutex(State(synced: beat, placed: beat))
    }

    /// The beat that is certainly on disk.
    var synced: Beat { state.withLock { $0.synced } }

    /// Returns once the beat on disk covers a step.
    ///
    /// - Throws: `beat_unwritable`; a later call tries again.
    func reach(_ step: Beat.Step) async throws(OperationError) {
        if synced.covers(step) { return }
        let failure = await withCheckedContinuation { continuation in
            enqueue(Waiting(step: step) { continuation.resume(returning: $0) })
        }
        if let failure { throw failure }
    }

    /// Like ``reach(_:)``, but blocks the calling thread, which must not be a thread that answers requests.
    func reachBlocking(_ step: Beat.Step) throws(OperationError) {
        if synced.covers(step) { return }
        let isDone = DispatchSemaphore(value: 0)
        let failure = Mutex<OperationError?>(nil)
        enqueue(
            Waiting(step: step) { found in
                failure.withLock { $0 = found }
                isDone.signal()
            })
        isDone.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func enqueue(_ waiting: Waiting) {
        state.withLock { state in
            state.waiting.append(waiting)
            guard !state.isDraining else { return }
            state.isDraining = true
            queue.async { self.drain() }
        }
    }

    private func drain() {
        while true {
            let waiting = state.withLock { state in
                let waiting = state.waiting
                state.waiting = []
                state.isDraining = !waiting.isEmpty
                return waiting
            }
            if waiting.isEmpty { return }
            let failure = write(waiting.map(\.step))
            for one in waiting { one.settle(failure) }
        }
    }

    private func write(_ steps: [Beat.Step]) -> OperationError? {
        let (synced, placed) = state.withLock { ($0.synced, $0.placed) }
        if steps.allSatisfy(synced.covers) { return nil }
        var next = synced
        next.advance(by: Beat.Step(commitCount: committed()))
        for step in steps { next.advance(by: step) }
        do throws(OperationError) {
            // Another installation's beat, or one that another process has advanced, must not be overwritten.
            guard let found = try file.read(), found == synced || found == placed else {
                throw file.unwritable("another program has changed or removed it")
            }
            state.withLock { $0.placed = next }
            try file.replace(with: next)
        } catch {
            return error.code == "beat_unreadable" ? file.unwritable(error.reason) : error
        }
        state.withLock { $0.synced = next }
        return nil
    }
}
