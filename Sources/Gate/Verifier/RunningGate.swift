import Credential
import Synchronization

/// A long-running gate: between two scans it switches to each new generation of its folder, as a whole or not at all.
///
/// A generation is the folder's content; its `bundle.cbor` is replaced last, or its hot list, its root documents or the
/// gate's sealed keys alone. An invalid generation is not used, and every verdict warns of it until it is repaired. Where
/// the sealed keys alone are refused, the rest is used with the keys that the gate had.
package final class RunningGate: Sendable {
    /// The warning in every verdict while the folder holds a refused generation.
    package static let refusedWarning = "update_refused"

    /// The verifier and folder that decide one scan, from its assessment to its settling.
    package final class Generation: Sendable {
        package let gate: Verifier
        /// Whether the folder holds another generation, which was refused.
        package let isUpdateRefused: Bool
        fileprivate let directory: GateDirectory
        /// Whether one of its lists, or its sealed keys, are unusable.
        fileprivate let isIncomplete: Bool
        /// Whether the gate remembers it; it does not while the first generation is dated ahead.
        fileprivate let isRemembered: Bool

        fileprivate init(
            _ gate: Verifier, _ directory: GateDirectory, isIncomplete: Bool, isRemembered: Bool = true,
            isUpdateRefused: Bool = false
        ) {
            (self.gate, self.directory, self.isRemembered) = (gate, directory, isRemembered)
            (self.isIncomplete, self.isUpdateRefused) = (isIncomplete, isUpdateRefused)
        }

        /// Why the folder's sealed keys are not used.
        fileprivate func keysRefusal(at now: UInt64) -> BundleError? {
            directory.epochKeys.refusal(at: now, skewSeconds: gate.skewSeconds)
        }

        fileprivate func marked(isRemembered: Bool? = nil, isUpdateRefused: Bool? = nil) -> Generation {
            Generation(
                gate, directory, isIncomplete: isIncomplete, isRemembered: isRemembered ?? self.isRemembered,
                isUpdateRefused: isUpdateRefused ?? self.isUpdateRefused)
        }
    }

    /// The result of a look at the folder.
    package enum Finding: Sendable, Equatable {
        case nothingNew
        /// The gate now uses the new generation.
        case takenUp(version: UInt64)
        /// The folder changed during the look.
        case unsettled
        /// The new generation is refused, or its sealed keys alone; `isNew` at the first look with this error.
        case refused(BundleError, isNew: Bool)
    }

    /// A refused generation and its error.
    private struct Refused: Equatable {
        let files: GateDirectory.Identities
        let error: BundleError
    }

    /// The state kept between looks.
    private struct Looks {
        var refused: Refused?
        /// Looks at an unchanged bundle whose generation is refused or incomplete.
        var retryCount = 0
    }

    /// An unusable generation whose bundle is unchanged is loaded again at every fourth look only, since loading takes
    /// longer than looking at one file; its lists or keys may have been repaired.
    private static let looksPerRetry = 4

    /// The replay store; nil for the one in the state folder.
    private let replayPath: String?
    /// Counts the verdicts for reports; nil for a gate that does not report.
    package let tally: VerdictTally?
    private let generation: Mutex<Generation>
    /// One look at a time; readers of the generation do not wait for it.
    private let looks = Mutex(Looks())

    /// Opens every list of the first generation at once, since the folder may hold another generation's lists later.
    ///
    /// - Parameters:
    ///   - gate: the gate over `directory`.
    ///   - directory: the generation that the gate begins with.
    ///   - replayPath: the replay store to open if a later generation's scene begins to refuse replays; nil for the
    ///     one in the state folder.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `bundle_unreadable` if the gate cannot write its memory.
    package init(
        _ gate: Verifier, _ directory: GateDirectory, replayPath: String?, at now: UInt64
    ) throws(BundleError) {
        self.replayPath = replayPath
        let opening = directory.statusLists.openAll(at: now, skewSeconds: gate.skewSeconds)
        let isRemembered = try directory.remember(listTimes: opening.times, at: now, skewSeconds: gate.skewSeconds)
        tally = directory.isTimeGiven ? nil : VerdictTally(statePath: directory.statePath, at: now)
        let areKeysRefused = directory.epochKeys.refusal(at: now, skewSeconds: gate.skewSeconds) != nil
        generation = Mutex(
            Generation(
                gate, directory, isIncomplete: !opening.isComplete || areKeysRefused, isRemembered: isRemembered))
    }

    /// The generation that decides a scan that begins now.
    package var current: Generation { generation.withLock { $0 } }

    /// Looks for a new generation in the folder, and switches to it if every part is valid.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the finding; only `takenUp`, and `refused` for sealed keys alone, change the current generation and the
    ///   gate's memory.
    package func look(at now: UInt64) -> Finding {
        looks.withLock { looks in
            rememberFirst(at: now)
            let current = current
            let files = current.directory.identities
            if let waiting = unchanged(since: current, files, &looks) { return waiting }
            do throws(BundleError) {
                guard let next = try load(after: current, at: now) else { return .unsettled }
                generation.withLock { $0 = next }
                let formerRefusal = looks.refused?.error
                looks = Looks()
                guard let refusal = next.keysRefusal(at: now) else {
                    return .takenUp(version: next.directory.bundle.version)
                }
                looks.refused = Refused(files: next.directory.identities, error: refusal)
                return .refused(refusal, isNew: refusal != formerRefusal)
            } catch {
                // A half-replaced folder may be complete at the next look.
                guard current.directory.identities == files else { return .unsettled }
                // The current generation's unusable list is still unusable: no news.
                if looks.refused == nil, current.isIncomplete, current.directory.isUnchanged { return .nothingNew }
                let found = Refused(files: files, error: error)
                let isNew = looks.refused != found
                looks.refused = found
                if !current.isUpdateRefused { generation.withLock { $0 = current.marked(isUpdateRefused: true) } }
                return .refused(error, isNew: isNew)
            }
        }
    }

    /// Remembers the first generation once the clock has reached its times.
    private func rememberFirst(at now: UInt64) {
        let current = current
        guard !current.isRemembered else { return }
        let times = current.directory.statusLists.openAll(at: now, skewSeconds: current.gate.skewSeconds).times
        // Where the memory cannot be written, the next look tries again.
        let isRemembered = try? current.directory.remember(
            listTimes: times, at: now, skewSeconds: current.gate.skewSeconds)
        if isRemembered == true { generation.withLock { $0 = current.marked(isRemembered: true) } }
    }

    /// The finding if the folder's bundle is the last one loaded or refused; nil if the folder must be loaded.
    private func unchanged(
        since current: Generation, _ files: GateDirectory.Identities, _ looks: inout Looks
    ) -> Finding? {
        let finding: Finding
        if let refused = looks.refused {
            guard refused.files == files else { return nil }
            finding = .refused(refused.error, isNew: false)
        } else {
            guard current.directory.isUnchanged else { return nil }
            if !current.isIncomplete { return .nothingNew }
            finding = .nothingNew
        }
        looks.retryCount += 1
        return looks.retryCount % Self.looksPerRetry == 0 ? nil : finding
    }

    /// Loads, checks and remembers the folder's generation; nil if the bundle was replaced meanwhile.
    private func load(after current: Generation, at now: UInt64) throws(BundleError) -> Generation? {
        var directory = try GateDirectory(after: current.directory)
        let skewSeconds = current.gate.skewSeconds
        try directory.checkTime(at: now, skewSeconds: skewSeconds)
        directory.keepEpochKeys(of: current.directory, at: now, skewSeconds: skewSeconds)
        try directory.checkEpochKeys(at: now, skewSeconds: skewSeconds)
        let opening = directory.statusLists.openAll(at: now, skewSeconds: skewSeconds)
        if let refusal = opening.refusal { throw refusal }
        let gate = try current.gate.switched(to: directory, replayPath: replayPath)
        guard directory.isUnchanged else { return nil }
        try directory.remember(listTimes: opening.times, at: now, skewSeconds: skewSeconds)
        let areKeysRefused = directory.epochKeys.refusal(at: now, skewSeconds: skewSeconds) != nil
        return Generation(gate, directory, isIncomplete: areKeysRefused, isUpdateRefused: areKeysRefused)
    }
}
