import Signing
import Storage

/// Decides whether a registry may be opened, by comparing it with its beat.
enum BeatAdmission {
    /// Compares a registry with the beat.
    ///
    /// - Parameters:
    ///   - position: the registry's position; nil for a registry that an earlier version without beats made.
    ///   - beat: the beat that was read before the position; nil when there is none.
    ///   - path: the beat's path, for the error messages.
    /// - Throws: `registry_behind`, `beat_missing`, `beat_foreign`.
    static func check(_ position: RegistryPosition?, _ beat: Beat?, at path: String) throws(OperationError) {
        guard let position else {
            // A beat with 0 commits was left by an interrupted start.
            guard let beat, beat.commitCount > 0 else { return }
            throw behind(0, beat)
        }
        guard let beat else {
            throw OperationError(
                code: .beatMissing,
                reason: "there is no beat at \(path), so the registry may be an old copy",
                hint: "put the beat back, or \(OperationError.recovering)")
        }
        guard beat.installation == position.installation else {
            throw OperationError(
                code: .beatForeign, reason: "the beat \(path) is another installation's",
                hint: "set `beat` in suishend.yaml to this installation's own beat; if that beat is lost, set `beat` "
                    + "to a path without a file, and \(OperationError.recovering)")
        }
        guard position.commitCount >= beat.commitCount else { throw behind(position.commitCount, beat) }
    }

    private static func behind(_ commitCount: UInt64, _ beat: Beat) -> OperationError {
        OperationError(
            code: .registryBehind,
            reason: "the registry has \(commitCount) commits, and its beat says \(beat.commitCount): it is an older "
                + "copy, which would give out status indices twice and undo revocations",
            hint: "put the newest copy back, or \(OperationError.recovering)")
    }
}

/// The beat of an installation that is being opened.
struct OpenedBeat {
    let place: any BeatPlace
    let beat: Beat
    /// A line about a new beat; nil when the beat was there already.
    let note: String?

    /// Finds the beat of a registry, or makes the first beat of an installation that an earlier version made.
    ///
    /// - Parameters:
    ///   - place: the beat's place, where none may be yet.
    ///   - registry: the installation's registry.
    ///   - random: the source of a new installation's identifier.
    /// - Throws: `registry_behind`, `beat_missing`, `beat_foreign`, `beat_unreadable`, `beat_unwritable`.
    init(_ place: any BeatPlace, of registry: any RegistryStore, random: any RandomSource) throws {
        self.place = place
        // The beat comes first: another daemon may advance the registry, and then the beat, in between.
        let found = try place.read()
        try BeatAdmission.check(registry.position(), found, at: place.path)
        if let found {
            beat = found
            note = nil
            return
        }
        beat = Beat(
            installation: try random.bytes(RegistryPosition.installationByteCount),
            bundleVersion: try registry.read { try Registry.value(of: Registry.bundleCounter, in: $0) })
        try place.create(beat)
        note = "made \(place.path), the first beat of this installation; keep it out of backups of the folder"
    }
}
