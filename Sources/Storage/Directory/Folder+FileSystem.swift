import CLinux
import Glibc
package import Platform

extension Folder {
    /// Syncs the whole file system that a folder lies on; one such sync costs less than thousands of file syncs.
    ///
    /// - Returns: false, and the cause in `errno`, when the folder cannot be opened or the sync fails.
    package static func syncFileSystem(of path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return syncfs(descriptor) == 0
    }
}
