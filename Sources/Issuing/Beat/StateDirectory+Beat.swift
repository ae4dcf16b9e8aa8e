import Glibc
import ObjectStorage
import Signing

extension StateDirectory {
    /// The place of this installation's beat, outside its folder, so that copies of the folder do not contain it.
    ///
    /// - Parameters:
    ///   - settings: may name a path or a bucket; the default is `DIR.beat` beside the folder.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where the bucket's keys are a credential.
    ///   - random: names the object that the bucket's service is tried with.
    /// - Returns: the place, where there may be no beat.
    /// - Throws: `state_missing`; `settings_invalid` for a path inside the folder; the error of the bucket's keys.
    func beat(
        _ settings: Settings, credentialFolder: String?, random: any RandomSource
    ) throws(OperationError) -> any BeatPlace {
        if let path = try beatFile(settings) { return BeatFile(path: path) }
        do {
            let client = try settings.tiles.client(for: settings.beat, credentialFolder: credentialFolder)
            return BeatObject(client, probe: S3Probe(client, random: random))
        } catch {
            throw OperationError(any: error)
        }
    }

    /// The path of the beat's file; nil where the settings name a bucket.
    ///
    /// - Throws: `state_missing`, or `settings_invalid` for a path inside the folder.
    func beatFile(_ settings: Settings) throws(OperationError) -> String? {
        // Every way to name the folder on a command line leads to the same beat.
        guard let resolved = unsafe realpath(path, nil) else { throw missing }
        defer { unsafe free(resolved) }
        let folder = unsafe String(cString: resolved)
        guard let named = settings.beat else { return folder + ".beat" }
        guard !S3Place.isLocation(named) else { return nil }
        guard !Self.isInside(named, folder) else {
            throw OperationError(
                code: .settingsInvalid, reason: "`beat` names a file inside \(folder), so copies would contain it",
                hint: "name a file outside the folder, best on another disk, or set it to `beside`")
        }
        return named
    }

    static func isInside(_ file: String, _ folder: String) -> Bool {
        let parent = "/" + file.split(separator: "/").dropLast().joined(separator: "/")
        let resolved = unsafe realpath(parent, nil)
        defer { unsafe free(resolved) }
        let place = unsafe resolved.map { unsafe String(cString: $0) } ?? parent
        return place == folder || place.hasPrefix(folder + "/")
    }
}
