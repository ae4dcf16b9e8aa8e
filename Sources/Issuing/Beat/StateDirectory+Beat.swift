import Glibc

extension StateDirectory {
    /// Where the beat of this installation is: outside its folder, so that no copy of the folder takes it along.
    ///
    /// - Parameter settings: name another place than the default, `DIR.beat` beside the folder.
    /// - Returns: the file, which may not be there.
    /// - Throws: `state_missing`, or `settings_invalid` for a place inside the folder.
    func beat(_ settings: Settings) throws(OperationError) -> BeatFile {
        // However the folder is named on a command line, its beat is the same.
        guard let resolved = unsafe realpath(path, nil) else { throw missing }
        defer { unsafe free(resolved) }
        let folder = unsafe String(cString: resolved)
        guard let named = settings.beat else { return BeatFile(path: folder + ".beat") }
        guard !Self.isInside(named, folder) else {
            throw OperationError(
                code: .settingsInvalid, reason: "`beat` names a file inside \(folder), which a copy would take along",
                hint: "name a file outside it, on another disk if there is one, or `beside`")
        }
        return BeatFile(path: named)
    }

    private static func isInside(_ file: String, _ folder: String) -> Bool {
        let parent = "/" + file.split(separator: "/").dropLast().joined(separator: "/")
        let resolved = unsafe realpath(parent, nil)
        defer { unsafe free(resolved) }
        let place = unsafe resolved.map { unsafe String(cString: $0) } ?? parent
        return place == folder || place.hasPrefix(folder + "/")
    }
}
