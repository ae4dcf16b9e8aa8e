import Synchronization

/// Counts a running gate's verdicts in memory, and adds them to the state folder once a minute.
///
/// A process that is killed loses the counts of its last minute at most.
package final class VerdictTally: Sendable {
    /// The time between two additions to the state folder.
    package static let saveSeconds: UInt64 = 60

    private struct State {
        var counts = VerdictCounts()
        var warnings: Set<String> = []
        /// Seconds since 1970-01-01T00:00:00Z.
        var since: UInt64
        var failure: BundleError?
    }

    private let file: ReportFile
    private let state: Mutex<State>

    /// Begins to count; nil for a gate that is not enrolled, since it never reports.
    ///
    /// - Parameters:
    ///   - statePath: the gate's state folder.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    init?(statePath: String, at now: UInt64) {
        file = ReportFile(folder: statePath)
        guard file.isWanted else { return nil }
        state = Mutex(State(since: now))
    }

    /// Counts verdicts by scene and code, and notes their warnings; nothing else of them is kept.
    package func note(_ verdicts: [Verdict]) {
        state.withLock { state in
            for verdict in verdicts {
                guard let scene = verdict.findings.scene, VerdictCounts.isName(scene) else { continue }
                state.counts.add(1, scene: scene, code: verdict.code.rawValue)
                for warning in verdict.findings.warnings { state.warnings.insert(warning) }
            }
        }
    }

    /// Adds the counts to the state folder if a minute has passed since the last time.
    package func saveIfDue(at now: UInt64) -> BundleError? {
        let isDue = state.withLock { now < $0.since || now - $0.since >= Self.saveSeconds }
        return isDue ? save(at: now) : nil
    }

    /// Adds the counts to the state folder.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the error that keeps the counts in memory, when it first occurs.
    package func save(at now: UInt64) -> BundleError? {
        let taken = state.withLock { state in
            defer { state = State(since: now, failure: state.failure) }
            return state
        }
        do throws(BundleError) {
            if !taken.counts.isEmpty || !taken.warnings.isEmpty {
                try file.update { (state) throws(BundleError) in
                    state.add(taken.counts, warnings: taken.warnings, since: min(taken.since, now))
                }
            }
            state.withLock { $0.failure = nil }
            return nil
        } catch {
            return state.withLock { state in
                state.counts.add(taken.counts)
                state.warnings.formUnion(taken.warnings)
                defer { state.failure = error }
                return state.failure == error ? nil : error
            }
        }
    }
}
