import Dispatch
import Synchronization

/// Advances the beat before an answer leaves; one write serves every caller that waits.
final class BeatKeeper: Sendable {
    private struct Waiting {
        let step: Beat.Step
        let settle: @Sendable (OperationError?) -> Void
    }

    private struct State {
        /// The beat that is certainly durable.
        var synced: Beat
        var waiting: [Waiting] = []
        var isDraining = false
    }

    private let place: any BeatPlace
    private let committed: @Sendable () -> UInt64
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "beat")

    /// Starts from the beat that is in its place.
    ///
    /// - Parameters:
    ///   - place: the beat's place.
    ///   - beat: the beat there.
    ///   - committed: returns the current number of committed groups of writes.
    init(_ place: any BeatPlace, holding beat: Beat, committed: @escaping @Sendable () -> UInt64) {
        self.place = place
        self.committed = committed
        state = Mutex(State(synced: beat))
    }

    /// The beat that is certainly durable.
    var synced: Beat { state.withLock { $0.synced } }

    /// Returns once the durable beat covers a step.
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
        let synced = synced
        if steps.allSatisfy(synced.covers) { return nil }
        var next = synced
        next.advance(by: Beat.Step(commitCount: committed()))
        for step in steps { next.advance(by: step) }
        do throws(OperationError) {
            let reached = try place.advance(to: next, from: synced)
            state.withLock { $0.synced = reached }
            return nil
        } catch {
            return error
        }
    }
}
