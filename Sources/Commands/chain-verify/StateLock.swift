import CommandSupport
import Glibc

/// Keeps a state file to one process from reading it to writing it.
///
/// Whoever comes second waits, and sees what the first has written. A process that ends, however it does, releases it.
struct StateLock: ~Copyable {
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

    private static func unwritable(_ what: String) -> CommandError {
        CommandError(
            code: "output_unwritable", reason: "\(what): \(unsafe String(cString: strerror(errno)))",
            hint: "name a state file in a folder that you may write to, on a disk that knows locks")
    }
}
