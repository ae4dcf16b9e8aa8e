import Signing
import Storage

/// Whether a registry may be opened, by what the beat beside it says.
enum BeatAdmission {
    /// Compares a registry with the beat.
    ///
    /// - Parameters:
    ///   - position: where the registry stands; nil for one of a version before beats.
    ///   - beat: what the file holds; nil where there is none.
    ///   - path: the beat's path, for the errors.
    /// - Throws: `registry_behind`, `beat_missing`, `beat_foreign`.
    static func check(_ position: RegistryPosition?, _ beat: Beat?, at path: String) throws(OperationError) {
        guard let position else {
            // A beat that counts nothing is one whose making was cut short.
            guard let beat, beat.commitCount > 0 else { return }
            throw behind(0, beat)
        }
        guard let beat else {
            throw OperationError(
                code: .beatMissing,
                reason: "there is no beat at \(path), so that nobody knows whether the registry is the newest",
                hint: "put the beat back, or \(OperationError.recovering)")
        }
        guard beat.installation == position.installation else {
            throw OperationError(
                code: .beatForeign, reason: "the beat \(path) is another installation's",
                hint: "name this installation's own with `beat` in suishend.yaml; where that is lost, name a path "
                    + "without a file, and \(OperationError.recovering)")
        }
        guard position.commitCount >= beat.commitCount else { throw behind(position.commitCount, beat) }
    }

    private static func behind(_ commitCount: UInt64, _ beat: Beat) -> OperationError {
        OperationError(
            code: .registryBehind,
            reason: "the registry has \(commitCount) commits, and its beat says \(beat.commitCount): it is an older "
                + "copy, which would give status indices twice and take back revocations",
            hint: "put the newest copy back, or \(OperationError.recovering)")
    }
}

/// The beat of an installation that is being opened.
struct OpenedBeat {
    let file: BeatFile
    let beat: Beat
    /// What there is to tell; nil where the beat was there.
    let note: String?

    /// Finds the beat of a registry, or makes the first one of an installation of a version before beats.
    ///
    /// - Parameters:
    ///   - file: where the beat is, or goes.
    ///   - registry: the registry as it is.
    ///   - random: where a new installation's identifier comes from.
    /// - Throws: `registry_behind`, `beat_missing`, `beat_foreign`, `beat_unreadable`, `beat_unwritable`.
    init(_ file: BeatFile, of registry: any RegistryStore, random: any RandomSource) throws {
        self.file = file
        let position = try registry.position()
        let found = try file.read()
        try BeatAdmission.check(position, found, at: file.path)
        if let found {
            beat = found
            note = nil
            return
        }
        beat = Beat(
            installation: try random.bytes(RegistryPosition.installationByteCount),
            bundleVersion: try registry.read { try Registry.value(of: Registry.bundleCounter, in: $0) })
        try file.create(beat)
        note = "made \(file.path), the beat of this installation, which had none; keep it out of backups of the folder"
    }
}
