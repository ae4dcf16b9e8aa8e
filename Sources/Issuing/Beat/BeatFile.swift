import Glibc
import Platform
import Synchronization

/// The beat's file; each write replaces it whole and is on disk, with its folder's entry, when the call returns.
///
/// One process advances it: another program's change is an error.
final class BeatFile: BeatPlace {
    let path: String
    /// The beat of the last write; after a failed sync it may not survive a power failure.
    private let placed = Mutex<Beat?>(nil)

    init(path: String) {
        self.path = path
    }

    /// Reads the beat, which other users must not be able to write.
    func read() throws(OperationError) -> Beat? {
        let bytes: [UInt8]
        let isOwn: Bool
        do throws(RegularFileError) {
            let file = try RegularFile(path, byteCountMax: Beat.byteCountMax, followsLink: false)
            let (mode, owner) = (file.status.st_mode, file.status.st_uid)
            isOwn = mode & 0o022 == 0 && (owner == geteuid() || owner == 0)
            bytes = isOwn ? try file.bytes() : []
        } catch {
            guard error != .system(ENOENT) else { return nil }
            throw unreadable(error.reason)
        }
        guard isOwn else { throw unreadable("other users can write it") }
        guard let beat = Beat(text: bytes) else { throw unreadable(text: bytes) }
        return beat
    }

    func create(_ beat: Beat) throws(OperationError) {
        let temporary = "\(path).\(getpid()).new"
        try place(beat, at: temporary)
        defer { unsafe unlink(temporary) }
        // link(2), unlike rename(2), does not replace an existing file.
        guard unsafe link(temporary, path) == 0 else {
            guard errno == EEXIST else { throw unwritable(Self.systemReason) }
            throw occupied
        }
        guard Folder.sync(folder) else { throw unwritable(Self.systemReason) }
    }

    func advance(to next: Beat, from known: Beat) throws(OperationError) -> Beat {
        let found: Beat?
        do throws(OperationError) {
            found = try read()
        } catch {
            throw error.code == OperationError.Code.beatUnreadable.rawValue ? unwritable(error.reason) : error
        }
        // Another installation's beat, or one that another process has advanced, must not be overwritten.
        guard let found, found == known || found == placed.withLock({ $0 }) else {
            throw unwritable("another program has changed or removed it")
        }
        placed.withLock { $0 = next }
        try replace(with: next)
        return next
    }

    private func replace(with beat: Beat) throws(OperationError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & 0o200 == 0 { throw unwritable("it is read-only") }
        let temporary = path + ".new"
        // A crash may have left a temporary file.
        unsafe unlink(temporary)
        try place(beat, at: temporary)
        guard unsafe rename(temporary, path) == 0 else {
            let reason = Self.systemReason
            unsafe unlink(temporary)
            throw unwritable(reason)
        }
        guard Folder.sync(folder) else { throw unwritable(Self.systemReason) }
    }

    func obstacle() -> OperationError? {
        unsafe access(folder, W_OK | X_OK) == 0 ? nil : unwritable(Self.systemReason)
    }

    private func place(_ beat: Beat, at temporary: String) throws(OperationError) {
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unwritable(Self.systemReason) }
        let isWhole = WholeTransfer.write(Array(beat.text.utf8), to: descriptor) && fsync(descriptor) == 0
        let reason = Self.systemReason
        guard close(descriptor) == 0, isWhole else {
            unsafe unlink(temporary)
            throw unwritable(reason)
        }
    }

    private var folder: String {
        let parts = path.split(separator: "/").dropLast()
        return (path.hasPrefix("/") ? "/" : "./") + parts.joined(separator: "/")
    }

    private static var systemReason: String { unsafe String(cString: strerror(errno)) }

    func withdraw(_ beat: Beat) { unsafe unlink(path) }

    var readingFix: String { "repair its owner, mode or disk; if its content is lost, move it away" }
    var writingFix: String { "repair the beat's disk or folder" }
    var occupiedFix: String { "name another folder, or set `beat` to another path" }
}
