import Platform
import Storage
import Synchronization

/// What all daemons that share a registry have changed, as of a moment ago.
final class SharedChanges: Sendable {
    /// The age after which the registry is asked again.
    private static let ageMillisecondsMax = 250

    /// The registry's counts at one moment.
    struct Counts: Sendable {
        let position: RegistryPosition?
        /// The newest commit that changed a status list's bits or key.
        let lists: UInt64
        /// The newest commit that changed a gate.
        let gates: UInt64
        /// The recorded time of the newest entry of any log.
        let newestEntryMilliseconds: UInt64

        init(_ snapshot: any StoreSnapshot) throws {
            position = try snapshot.position()
            lists = try snapshot.counter(SharedCounter.lists.rawValue) ?? 0
            gates = try snapshot.counter(SharedCounter.gates.rawValue) ?? 0
            newestEntryMilliseconds =
                try LogName.allCases.compactMap {
                    try snapshot.snapshot(of: $0).newestEntry()?.recordedAtMilliseconds
                }.max() ?? 0
        }
    }

    private struct State {
        var counts: Counts?
        var readAtMilliseconds = 0
    }

    private let state = Mutex(State())

    /// The newest counts that were read; nil before the first.
    var known: Counts? { state.withLock(\.counts) }

    /// The counts, read again unless that was done a moment ago.
    ///
    /// - Throws: `storage_unavailable`, `registry_corrupt`.
    func counts(of store: any RegistryStore) throws(StorageError) -> Counts {
        // Who comes meanwhile waits for the same answer.
        let outcome = state.withLock { state -> Result<Counts, StorageError> in
            let now = MonotonicClock.milliseconds()
            if let counts = state.counts, now - state.readAtMilliseconds < Self.ageMillisecondsMax {
                return .success(counts)
            }
            do throws(StorageError) {
                let counts = try store.read { try Counts($0) }
                (state.counts, state.readAtMilliseconds) = (counts, now)
                return .success(counts)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}
