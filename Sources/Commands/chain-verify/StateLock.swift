import CommandSupport
import Glibc
import Platform

/// A lock on an auditor's state file, held from reading the file to replacing it.
///
/// A second process waits, and then reads what the first one wrote. The lock ends with its process.
enum AuditStateLock {
    /// The holder may be reading a log over a network.
    private static let timeoutMilliseconds = 30_000

    /// Waits for the lock of the state at `path`, a file beside it.
    ///
    /// - Throws: `output_unwritable`, or `state_busy` when another process holds the lock for the whole wait.
    static func take(_ path: String) throws(CommandError) -> LockedFile {
        let place: String
        if let resolved = unsafe realpath(path, nil) {
            place = unsafe String(cString: resolved)
            unsafe free(resolved)
        } else {
            place = path
        }
        let descriptor = unsafe open("\(place).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw unwritable("\(path).lock cannot be made: \(unsafe String(cString: strerror(errno)))")
        }
        let file = LockedFile(descriptor, at: "\(place).lock")
        do throws(LockedFileError) {
            try file.lock(timeoutMilliseconds: timeoutMilliseconds)
            return file
        } catch {
            guard error == .busy else { throw unwritable("\(path).lock cannot be locked: \(error.reason)") }
            throw CommandError(
                code: "state_busy",
                reason: "another process has held \(path).lock for over \(timeoutMilliseconds / 1000) s",
                hint: "wait until the other audit has ended; if it is stopped, end it (`fuser \(path).lock` names it)")
        }
    }

    private static func unwritable(_ reason: String) -> CommandError {
        CommandError(
            code: "output_unwritable", reason: reason,
            hint: "name a state file in a folder that you may write to, on a file system with locks")
    }
}
