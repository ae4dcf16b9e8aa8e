import Glibc
import Synchronization

/// An open file or folder that processes and their threads use in turn, under the kernel's lock (flock(2)).
///
/// The lock ends with its process, however the process ends. A stopped process keeps the lock, so every wait ends.
package final class LockedFile: Sendable {
    /// The time that a caller waits for other processes by default: a holder at a gate still gets an answer.
    package static let timeoutMilliseconds = 2000

    private static let pauseMicrosecondsMin: UInt32 = 100
    /// The longest time between two tries of a process that waits.
    package static let pauseMicrosecondsMax: UInt32 = 10_000

    package let descriptor: Int32
    private let path: String
    /// Excludes this process's other threads; the file's lock excludes other processes only.
    private let threads = Mutex<Void>(())

    /// Takes an open descriptor, and closes it in the end.
    ///
    /// - Parameters:
    ///   - descriptor: a regular file or a folder.
    ///   - path: the path where it was opened.
    package init(_ descriptor: Int32, at path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a folder, whose lock stands for its files; nil, with the cause in `errno`, when that fails.
    ///
    /// - Parameters:
    ///   - folder: its path.
    ///   - followsLink: whether the folder may be named by a symbolic link.
    package convenience init?(folder: String, followsLink: Bool = true) {
        let descriptor = unsafe open(
            folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { return nil }
        self.init(descriptor, at: folder)
    }

    deinit {
        // A process that was just forked has the descriptor too until it runs its program, and would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Locks the file until this value is released.
    package func lock(timeoutMilliseconds: Int = timeoutMilliseconds) throws(LockedFileError) {
        try lock(until: MonotonicClock.milliseconds() + timeoutMilliseconds)
    }

    /// Runs `body` under the lock.
    ///
    /// - Parameters:
    ///   - timeoutMilliseconds: the longest wait, for this process's threads and for other processes together.
    ///   - failure: makes the caller's error of a lock that was not got; `body` did not run then.
    ///   - body: the work.
    /// - Returns: the result of `body`.
    /// - Throws: the error of `body`, or `failure`.
    package func exclusively<Value, Failure: Error>(
        timeoutMilliseconds: Int = timeoutMilliseconds, failure: (LockedFileError) -> Failure,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // Begins before the wait for other threads: many threads behind a stopped process all give up at this time.
        let deadline = MonotonicClock.milliseconds() + timeoutMilliseconds
        let result: Result<Value, Failure> = threads.withLock { _ in
            do throws(LockedFileError) {
                try lock(until: deadline)
            } catch {
                return .failure(failure(error))
            }
            defer { flock(descriptor, LOCK_UN) }
            do throws(Failure) {
                return .success(try body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Tries again and again, since a wait in the kernel could only be ended by a signal to this thread.
    private func lock(until deadline: Int) throws(LockedFileError) {
        var pause = Self.pauseMicrosecondsMin
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system(errno) }
            guard MonotonicClock.milliseconds() < deadline else { throw .busy }
            usleep(pause)
            pause = min(pause * 2, Self.pauseMicrosecondsMax)
        }
        guard isInPlace else {
            flock(descriptor, LOCK_UN)
            throw .displaced
        }
    }

    /// Whether the open file is still the regular file or folder at its path.
    ///
    /// After a file is moved or deleted, other processes make a new one at the path and do not see writes to the old
    /// one. A device at the path keeps no data.
    private var isInPlace: Bool {
        var (opened, named) = (stat(), stat())
        guard unsafe fstat(descriptor, &opened) == 0, unsafe stat(path, &named) == 0 else { return false }
        let isStored = [S_IFREG, S_IFDIR].contains(opened.st_mode & S_IFMT)
        return isStored && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }
}

/// The reason why a file was not locked.
package enum LockedFileError: Error, Equatable {
    /// Another process held the lock for the whole wait.
    case busy
    /// The file at the path is another one by now, or a device.
    case displaced
    /// The error number of a failed call.
    case system(Int32)

    /// The reason as the end of a sentence.
    package var reason: String {
        switch self {
        case .busy: "another process holds its lock"
        case .displaced: "it is not a regular file, or not the file that was opened"
        case .system(let number): unsafe String(cString: strerror(number))
        }
    }
}
