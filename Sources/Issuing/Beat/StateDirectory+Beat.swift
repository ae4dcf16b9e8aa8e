import Glibc

extension StateDirectory {
    /// The file of this installation's beat, outside its folder, so that copies of the folder do not contain it.
    ///
    /// - Parameter settings: may name a path; the default is `DIR.beat` beside the folder.
    /// - Returns: the file, which may not exist.
    /// - Throws: `state_missing`, or `settings_invalid` for a path inside the folder.
    func beat(_ settings: Settings) throws(OperationError) -> BeatFile {
        // Every way to name the folder on a command line leads to the same beat.
        guard let resolved = unsafe realpath(path, nil) else { throw missing }
        defer { unsafe free(resolved) }
        let folder = unsafe String(cString: resolved)
        guard let named = settings.beat else { return BeatFile(path: folder + ".beat") }
        guard !Self.isInside(named, folder) else {
            throw OperationError(
                code: .settingsInvalid, reason: "`beat` names a file inside \(folder), so copies would contain it",
                hint: "name a file outside the folder, best on another disk, or set it to `beside`")
        }
        return BeatFile(path: named)
    }

    /// The folder of this installation's epoch keys, outside its folder, so that copies of the folder do not have them.
    ///
    /// - Throws: `state_missing`, or `settings_invalid` for a path inside the folder.
    func epochs(_ settings: Settings) throws(OperationError) -> EpochFolder {
        guard let resolved = unsafe realpath(path, nil) else { throw missing }
        defer { unsafe free(resolved) }
        let folder = unsafe String(cString: resolved)
        guard let named = settings.epochKeys else { return EpochFolder(path: folder + ".epochs") }
        guard named != folder, !Self.isInside(named, folder) else {
            throw OperationError(
                code: .settingsInvalid,
                reason: "`epochKeys` names a folder inside \(folder), so copies would contain it",
                hint: "name a folder outside it, best on another disk, or set it to `beside`")
        }
        return EpochFolder(path: named)
    }

    private static func isInside(_ file: String, _ folder: String) -> Bool {
        let parent = "/" + file.split(separator: "/").dropLast().joined(separator: "/")
        let resolved = unsafe realpath(parent, nil)
        defer { unsafe free(resolved) }
        let place = unsafe resolved.map { unsafe String(cString: $0) } ?? parent
        return place == folder || place.hasPrefix(folder + "/")
    }
}
