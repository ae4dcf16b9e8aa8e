import Credential
import Synchronization

/// A gate that goes on for long: it takes up each new generation of its folder, between two scans, whole or not at all.
///
/// A generation is the folder with its `bundle.cbor` replaced last. One that does not check out changes nothing, and
/// every verdict says so until it is mended.
package final class RunningGate: Sendable {
    /// The warning that verdicts bear while the folder holds a generation that is not taken.
    package static let refusedWarning = "update_refused"

    /// What one scan is decided by, from its assessment to its settling.
    package final class Generation: Sendable {
        package let gate: Verifier
        /// Whether the folder holds another generation, which is not taken.
        package let isUpdateRefused: Bool
        fileprivate let directory: GateDirectory
        /// Whether a list of it could not be used.
        fileprivate let isIncomplete: Bool

        fileprivate init(
            _ gate: Verifier, _ directory: GateDirectory, isIncomplete: Bool, isUpdateRefused: Bool = false
        ) {
            (self.gate, self.directory) = (gate, directory)
            (self.isIncomplete, self.isUpdateRefused) = (isIncomplete, isUpdateRefused)
        }

        fileprivate func markedRefused() -> Generation {
            Generation(gate, directory, isIncomplete: isIncomplete, isUpdateRefused: true)
        }
    }

    /// What a look at the folder found.
    package enum Finding: Sendable, Equatable {
        case nothingNew
        /// From now on the gate decides by it.
        case takenUp(version: UInt64)
        /// The folder changed while it was looked at.
        case unsettled
        /// It is not taken; `isNew` the first time that this is found of it.
        case refused(BundleError, isNew: Bool)
    }

    /// Why a generation was refused, and which.
    private struct Refused: Equatable {
        let file: FileIdentity?
        let error: BundleError
    }

    /// What looks have found so far.
    private struct Looks {
        var refused: Refused?
        /// Looks at what could not be used before.
        var retryCount = 0
    }

    /// Loading takes longer than a look at one file, so that an unchanged bundle whose lists or keys may have been
    /// mended is loaded again at one look of so many.
    private static let looksARetry = 4

    private let replayPath: String
    private let generation: Mutex<Generation>
    /// One look at a time; readers of the generation do not wait for it.
    private let looks = Mutex(Looks())

    /// Opens every list of the gate's first generation: later ones may lie in the folder when a list is needed.
    ///
    /// - Parameters:
    ///   - gate: the gate over `directory`.
    ///   - directory: the generation that the gate begins with.
    ///   - replayPath: where a replay store is opened once a scene refuses replays that did not.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `bundle_unreadable` where the gate cannot remember what it saw.
    package init(_ gate: Verifier, _ directory: GateDirectory, replayPath: String, at now: UInt64) throws(BundleError) {
        self.replayPath = replayPath
        let (times, failures) = directory.statusLists.openAll(at: now)
        try directory.remember(listTimes: times)
        generation = Mutex(Generation(gate, directory, isIncomplete: !failures.isEmpty))
    }

    /// What a scan that begins now is decided by.
    package var current: Generation { generation.withLock { $0 } }

    /// Looks whether the folder holds another generation, and takes it up if all of it checks out.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: what was found; anything but `takenUp` leaves what is decided by, and what is remembered, as it was.
    package func look(at now: UInt64) -> Finding {
        looks.withLock { looks in
            let current = current
            let bundleFile = current.directory.bundleFile
            let file = FileIdentity(path: bundleFile.path)
            if let waiting = unchanged(since: current, file, &looks) { return waiting }
            do throws(BundleError) {
                guard let next = try load(after: current, at: now) else { return .unsettled }
                looks = Looks()
                generation.withLock { $0 = next }
                return .takenUp(version: next.directory.bundle.version)
            } catch {
                // What was half replaced by then may be whole at the next look.
                guard FileIdentity(path: bundleFile.path) == file else { return .unsettled }
                // A list that the first generation lacked is lacking still.
                if looks.refused == nil, current.isIncomplete, bundleFile.isUnchanged { return .nothingNew }
                let found = Refused(file: file, error: error)
                let isNew = looks.refused != found
                looks.refused = found
                if !current.isUpdateRefused { generation.withLock { $0 = current.markedRefused() } }
                return .refused(error, isNew: isNew)
            }
        }
    }

    /// What to say without loading anything, as long as the folder's bundle is the one that was loaded or refused last.
    private func unchanged(since current: Generation, _ file: FileIdentity?, _ looks: inout Looks) -> Finding? {
        let finding: Finding
        if let refused = looks.refused {
            guard refused.file == file else { return nil }
            finding = .refused(refused.error, isNew: false)
        } else {
            guard current.directory.bundleFile.isUnchanged else { return nil }
            if !current.isIncomplete { return .nothingNew }
            finding = .nothingNew
        }
        looks.retryCount += 1
        return looks.retryCount % Self.looksARetry == 0 ? nil : finding
    }

    /// The folder's generation, checked whole and remembered; nil where another has come meanwhile.
    private func load(after current: Generation, at now: UInt64) throws(BundleError) -> Generation? {
        let directory = try GateDirectory(after: current.directory)
        try directory.checkEpochKeys()
        let (times, failures) = directory.statusLists.openAll(at: now)
        if let failure = failures.min(by: { $0.key.name < $1.key.name })?.value { throw failure }
        let gate = try current.gate.takingUp(directory, replayPath: replayPath)
        guard directory.bundleFile.isUnchanged else { return nil }
        try directory.remember(listTimes: times)
        return Generation(gate, directory, isIncomplete: false)
    }
}
