import CommandSupport
import Encoding
package import Gate
import Platform
import Signing

/// The settings of a gate, from the parsed options or from the quick start.
package struct GateSettings {
    /// The name of the command that runs the gate, for its messages.
    private let command: String
    /// The time given in place of the clock; the gate's state is then read and never advanced.
    package var at: UInt64?
    var bundle: String?
    var scene: String?
    var root = RootSource.folder
    package var state: String?
    var challenge: String?
    var replayStore: String?
    var clockSkew: UInt64?
    var fare: UInt64 = 0
    var links = Verifier.Links()
    /// The issuer's daemon, for events.
    var socket: String?
    /// The members of every event; nil when no events are wanted.
    var event: RecordedEvent.Template?
    var spool: String?
    /// The folder of receipts; nil when none are kept.
    package var receipts: String?
    /// The users who may write the bundle's folder.
    var users = TrustedUsers.own

    /// Whether the disk has each accepted showing before its verdict is given, so that a power cut loses none.
    package var syncsShowings = false

    /// The spool's file name in the gate's state folder.
    package static let spoolName = "events.spool"

    /// The settings of the usual command line; the others have their defaults.
    package init(
        of command: String, at: UInt64? = nil, bundle: String? = nil, scene: String? = nil,
        root: RootSource = .folder, state: String? = nil
    ) {
        (self.command, self.at, self.bundle, self.scene) = (command, at, bundle, scene)
        (self.root, self.state) = (root, state)
    }

    /// Writes the messages of the gate's command.
    var diagnostics: Diagnostics { Diagnostics(command: command) }

    /// Opens the bundle and makes a gate that decides once.
    ///
    /// - Parameter refused: gets the verdict on an unusable bundle.
    /// - Returns: the gate.
    /// - Throws: the error that keeps the gate from deciding.
    package func open(_ refused: (Verdict) -> Void) throws -> Verifier {
        try reporting(to: refused) {
            let (gate, directory) = try gate()
            if gate.scene.requiresEntitlement { warnOfKeysInClear(directory) }
            try directory.remember(at: at ?? WallClock.seconds(), skewSeconds: gate.skewSeconds)
            return gate
        }
    }

    /// Opens the bundle and makes a gate that keeps running and loads later bundles.
    ///
    /// - Parameter refused: gets the verdict on an unusable bundle.
    /// - Returns: the gate.
    /// - Throws: the error that keeps the gate from starting.
    package func openRunning(_ refused: (Verdict) -> Void) throws -> RunningGate {
        try reporting(to: refused) {
            let (gate, directory) = try gate()
            warnOfKeysInClear(directory)
            return try RunningGate(gate, directory, replayPath: replayStore, at: at ?? WallClock.seconds())
        }
    }

    /// Says on stderr how to enrol a gate whose folder has its epoch keys in clear; no verdict bears it.
    private func warnOfKeysInClear(_ directory: GateDirectory) {
        guard directory.hasEpochKeysInClear else { return }
        diagnostics.warn(
            "the epoch keys lie in clear in \(EpochKeyFile.name): enrol the gate with `verify enrol`, and let "
                + "`verify sync` fetch sealed keys [\(GateDirectory.keysInClearWarning)]")
    }

    private func reporting<Opened>(to refused: (Verdict) -> Void, _ open: () throws -> Opened) throws -> Opened {
        do {
            return try open()
        } catch let error as BundleError {
            var findings = Findings(scene: scene)
            if isRootUnpinned { findings.warnings.append(RootSource.unpinnedWarning) }
            refused(Verdict(refused: Refusal(error), findings: findings))
            throw CommandError(undecided: error)
        }
    }

    private func gate() throws -> (gate: Verifier, directory: GateDirectory) {
        guard let bundle, let scene = self.scene else {
            throw CommandError(
                code: "usage", reason: "a gate needs a bundle and a scene", hint: "give --bundle DIR and --scene SCENE",
                status: .usage)
        }
        let directory = try GateDirectory(
            path: bundle, root: root, state: state, users: users, isTimeGiven: at != nil,
            isSynced: syncsShowings)
        guard let found = directory.bundle.scene(named: scene) else {
            let names = directory.bundle.scenes.map(\.name).joined(separator: ", ")
            throw CommandError(
                code: "unknown_scene", reason: "the bundle has no scene \(scene)",
                hint: "name one of \(names)", status: .usage)
        }
        let replay = found.isReplayRefused ? try directory.replayStore(replayStore, scene: found) : nil
        let gate = Verifier(
            directory: directory, scene: found, replay: replay, challenge: try challengeBytes(),
            skewSeconds: clockSkew, fare: fare, links: links, recorder: try recorder(directory))
        return (gate, directory)
    }

    private var isRootUnpinned: Bool {
        guard let bundle else { return false }
        return root.isUnpinned(in: bundle, state: state ?? GateDirectory.statePath(in: bundle))
    }

    private func recorder(_ directory: GateDirectory) throws -> EventRecorder? {
        guard let event else { return nil }
        do throws(SpoolError) {
            let sender = socket.map { EventSender(endpoint: .socket(path: $0)) }
            return EventRecorder(
                spool: try EventSpool(path: spool ?? "\(directory.statePath)/\(Self.spoolName)"), template: event,
                sender: sender, random: SystemRandom())
        } catch {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
    }

    private func challengeBytes() throws -> [UInt8]? {
        guard let challenge else { return nil }
        guard let bytes = try? Hex.decode(challenge), (8...16).contains(bytes.count) else {
            throw CommandError(
                code: "challenge_malformed", reason: "the challenge is not 16 to 32 hexadecimal digits",
                hint: "give 8 to 16 bytes in hex", status: .usage)
        }
        return bytes
    }
}
