import CommandSupport
import Glibc

/// A lock on an auditor's state file, held from reading the file to replacing it.
///
/// A second process waits, and then reads what the first one wrote. The lock ends with its process.
struct AuditStateLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for the lock of the state at `path`, a file beside it.
    init(_ path: String) throws(CommandError) {
        let place: String
        if let resolved = unsafe realpath(path, nil) {
            place = unsafe String(cString: resolved)
            unsafe free(resolved)
        } else {
            place = path
        }
        descriptor = unsafe open("\(place).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable("\(path).lock cannot be made") }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Self.unwritable("\(path).lock cannot be locked") }
        }
    }

    deinit { close(descriptor) }

    private static func unwritable(_ problem: String) -> CommandError {
        CommandError(
            code: "output_unwritable", reason: "\(problem): \(unsafe String(cString: strerror(errno)))",
            hint: "name a state file in a folder that you may write to, on a file system with locks")
    }
}
