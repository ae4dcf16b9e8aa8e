import Dispatch
import Storage
import Synchronization

/// Runs writes on a few threads of its own, a bounded number at a time.
final class S3Uploads: Sendable {
    /// The writes that run at once.
    static let placeCount = 8
    /// The writes that wait besides, so that their bytes do not pile up in memory.
    private static let waitingCountMax = 8

    /// Serial queues, because each of those has a thread of its own while it works.
    private let queues = (0..<placeCount).map { DispatchQueue(label: "s3.upload.\($0)") }
    private let room = DispatchSemaphore(value: placeCount + waitingCountMax)
    private let next = Atomic<Int>(0)

    /// Runs `work` soon; waits first while too many others wait.
    func run(_ work: @escaping @Sendable () -> Void) {
        room.wait()
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue & (Self.placeCount - 1)
        queues[place].async { [room] in
            work()
            room.signal()
        }
    }
}

/// Some writes, and the first error of each path.
final class S3UploadBatch: Sendable {
    private struct State {
        var running: Set<String> = []
        var failures: [String: LogError] = [:]
    }

    private let uploads: S3Uploads
    private let group = DispatchGroup()
    private let state = Mutex(State())

    init(_ uploads: S3Uploads) {
        self.uploads = uploads
    }

    /// Starts a write; an earlier one at the same path ends first.
    func start(_ path: String, _ write: @escaping @Sendable () throws(LogError) -> Void) {
        settle(path)
        state.withLock { state in
            state.running.insert(path)
            state.failures[path] = nil
        }
        group.enter()
        uploads.run { [self] in
            var failure: LogError?
            do throws(LogError) { try write() } catch { failure = error }
            state.withLock { state in
                state.running.remove(path)
                state.failures[path] = failure
            }
            group.leave()
        }
    }

    /// Waits for a write at this path, if one runs.
    func settle(_ path: String) {
        if state.withLock({ $0.running.contains(path) }) { group.wait() }
    }

    /// Waits for all writes, and forgets them.
    ///
    /// - Parameter paths: the paths whose errors count; nil for all.
    /// - Throws: an error of a write; one that lasts before one that passes.
    func finish(_ paths: [String]? = nil) throws(LogError) {
        group.wait()
        let failures = state.withLock { state in
            let failures = state.failures
            state.failures = [:]
            return failures
        }
        let found = (paths ?? failures.keys.sorted()).compactMap { failures[$0] }
        if let failure = found.first(where: { $0.code != .tilesSilent }) ?? found.first { throw failure }
    }
}
