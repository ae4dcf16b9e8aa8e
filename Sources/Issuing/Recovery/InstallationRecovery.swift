import Credential
package import Encoding
package import Signing
import Storage
import TraceLog

/// Recovers an installation that was restored from a copy, so that it may serve again.
package enum InstallationRecovery {
    /// Recovers an installation with the newest files that it published.
    ///
    /// - Parameters:
    ///   - state: the installation's folder; no daemon may serve it.
    ///   - folder: the newest bundle, its status lists and the newest checkpoint.
    ///   - now: seconds since 1970.
    ///   - uid: the user who recovers, for the audit trail.
    ///   - random: the source of an identifier, if the installation has none.
    /// - Returns: a report of the changes and of the facts that are lost.
    /// - Throws: `state_missing`, `state_busy`, or an error of the published files, a key or the registry. Nothing is
    ///   changed then, except after `beat_unwritable` and `beat_exists`: these need another run.
    package static func run(
        _ state: StateDirectory, published folder: String, at now: UInt64, by uid: UInt32, random: some RandomSource
    ) async throws(OperationError) -> JSONValue {
        let lock = try state.locked()
        defer { withExtendedLifetime(lock) {} }
        do {
            let settings = try Settings(contentsOf: state.settings)
            let keys = try KeyRing(state)
            try keys.check(settings.suite)
            let cipher = try FieldCipher(
                sealingKey: keys.registrySecret, digestKey: keys.digestSecret, random: random)
            let file = try state.beat(settings)
            let beat = try file.read()
            let log = try NoteKey(
                name: InstallationLog.origin(of: .trace, settings), kind: .ed25519, key: keys.checkpoint.verificationKey
            )
            let acts = try NoteKey(
                name: InstallationLog.origin(of: .acts, settings), kind: .ed25519,
                key: keys.checkpoint.verificationKey)
            let registry = Registry(cipher: cipher, random: random)
            let (database, published) = try RegistryDatabase.opening(path: state.registry, cipher: cipher) { found in
                try check(found.position(), beat, at: file.path)
                let hasActs = try found.read { snapshot in
                    let acts = snapshot.snapshot(of: .acts)
                    return try acts.isKept() && acts.newestEntry() != nil
                }
                let statusKeys = try found.read { try registry.keys(in: $0) }.filter {
                    $0.uses == KeyRole.status.uses
                }
                return try PublishedState(
                    PublishedFolder(path: folder),
                    heldTo: .init(
                        roots: InstallationRoots(state), log: log, acts: acts, hasActs: hasActs,
                        statusKeys: statusKeys, beat: beat))
            }
            // An older copy of the installation would sign with a bundle key that gates no longer take.
            if let chain = published.roots { try InstallationRoots.take(chain, in: state) }
            let known = try database.position()?.installation ?? beat?.installation
            let installation = try known ?? random.bytes(RegistryPosition.installationByteCount)
            let change = RecoveryChange(
                registry: registry, published: published,
                beat: beat ?? Beat(installation: installation), isBeatLost: beat == nil, now: now, uid: uid)
            let outcome = try await database.write { try change.apply(in: $0) }
            var next = change.beat
            next.advance(
                by: Beat.Step(
                    commitCount: database.committedPosition?.commitCount ?? 0, bundleVersion: published.bundleVersion,
                    lists: published.issueTimes, checkpoint: published.checkpoint, acts: published.acts,
                    statusFloor: outcome.generalFloor))
            if beat == nil { try file.create(next) } else { try file.replace(with: next) }
            return outcome.json(published, isBeatLost: beat == nil)
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Refuses another installation's beat, whose numbers do not apply to this one.
    private static func check(
        _ position: RegistryPosition?, _ beat: Beat?, at path: String
    ) throws(OperationError) {
        guard let position, let beat, position.installation != beat.installation else { return }
        throw OperationError(
            code: .beatForeign, reason: "the beat \(path) is another installation's",
            hint: "set `beat` in suishend.yaml to this installation's beat; if it is lost, to a path without a file")
    }
}

extension PublishedState {
    /// The lists' issue times, by their published names.
    fileprivate var issueTimes: [String: UInt64] {
        Dictionary(
            lists.map { ($0.shard == 0 ? $0.list : "\($0.list)-\($0.shard)", $0.issuedAt) }, uniquingKeysWith: max)
    }
}
