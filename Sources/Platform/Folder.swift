import Glibc

/// What is done to a folder itself.
package enum Folder {
    /// Brings the names of a folder's files to the disk, so that they outlast a power failure.
    ///
    /// - Returns: false, and the cause in `errno`, when the folder cannot be opened or synced.
    package static func sync(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
