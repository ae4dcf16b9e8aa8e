import Glibc
import Platform
import Signing
import Storage

/// The folder of epoch keys, outside the installation's folder, so that no backup of that folder has them.
struct EpochFolder: Sendable {
    let path: String

    private static let suffix = ".key"
    private static let unfinishedSuffix = ".new"

    /// Reads every key, and finishes what a crash cut off.
    ///
    /// - Returns: nil when there is no folder.
    /// - Throws: `epoch_keys_unreadable` for a file that is not a complete key, or that other users can reach.
    func keys() throws(OperationError) -> [FieldEpochKey]? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw unreadable(path, Self.systemReason) }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o077 == 0,
            status.st_uid == geteuid() || geteuid() == 0
        else { throw unreadable(path, "it is not a folder that this user alone can enter") }
        var keys: [FieldEpochKey] = []
        for name in Folder.names(in: path).sorted() where name.hasSuffix(Self.suffix) {
            var bytes = try read(name)
            defer { SecretFile.wipe(&bytes) }
            if bytes.count == FieldEpochKey.byteCount, bytes.prefix(8).allSatisfy({ $0 == 0 }) {
                try removeOverwritten(name)
                continue
            }
            guard let key = FieldEpochKey(encoded: bytes), name == Self.name(of: key.number) else {
                throw unreadable("\(path)/\(name)", "it is not a complete epoch key")
            }
            keys.append(key)
        }
        return keys
    }

    /// Makes the folder of a new installation with its first key.
    ///
    /// - Throws: `epoch_keys_exist` for a path that exists, or `epoch_keys_unwritable`.
    func create(with key: FieldEpochKey) throws(OperationError) {
        guard unsafe mkdir(path, 0o700) == 0 else {
            guard errno == EEXIST else { throw unwritable(path, Self.systemReason) }
            throw OperationError(
                code: .epochKeysExist, reason: "\(path) exists already and may have another installation's epoch keys",
                hint: "name another folder, or set `epochKeys` to another path; never remove epoch keys in use")
        }
        do throws(OperationError) {
            try add(key)
        } catch {
            remove()
            throw error
        }
        guard Folder.sync(parent) else { throw unwritable(path, Self.systemReason) }
    }

    /// Adds a key; its file is on disk, whole, when the call returns.
    func add(_ key: FieldEpochKey) throws(OperationError) {
        let file = "\(path)/\(Self.name(of: key.number))"
        let unfinished = file + Self.unfinishedSuffix
        // A crash may have left an unfinished file.
        unsafe unlink(unfinished)
        var bytes = key.encoded
        defer { SecretFile.wipe(&bytes) }
        do {
            try SecretFile.create(bytes, at: unfinished)
        } catch {
            throw unwritable(file, error.reason)
        }
        guard unsafe access(file, F_OK) != 0, unsafe rename(unfinished, file) == 0, Folder.sync(path) else {
            let reason = Self.systemReason
            unsafe unlink(unfinished)
            throw unwritable(file, reason)
        }
    }

    /// Destroys a key: overwrites its file, removes it, and syncs both steps; a missing file is no error.
    func destroy(_ number: UInt32) throws(OperationError) {
        try Self.destroy("\(path)/\(Self.name(of: number))", byteCount: FieldEpochKey.byteCount, or: unwritable)
    }

    /// Removes the folder of an installation that could not be made.
    func remove() {
        for name in Folder.names(in: path) {
            unsafe chmod("\(path)/\(name)", 0o600)
            unsafe unlink("\(path)/\(name)")
        }
        unsafe rmdir(path)
    }

    /// The error for a folder that this user may not write to, found without writing; nil otherwise.
    func obstacle() -> OperationError? {
        unsafe access(path, R_OK | W_OK | X_OK) == 0 ? nil : unwritable(path, Self.systemReason)
    }

    /// Overwrites and removes a secret file.
    static func destroy(
        _ file: String, byteCount: Int, or failure: (String, String) -> OperationError
    ) throws(OperationError) {
        guard unsafe access(file, F_OK) == 0 else { return }
        let zeros = [UInt8](repeating: 0, count: byteCount)
        guard unsafe chmod(file, 0o600) == 0 else { throw failure(file, systemReason) }
        let descriptor = unsafe open(file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(file, systemReason) }
        let isOverwritten = WholeTransfer.write(zeros, to: descriptor) && fsync(descriptor) == 0
        let reason = systemReason
        close(descriptor)
        guard isOverwritten else { throw failure(file, reason) }
        let parent = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard unsafe unlink(file) == 0, Folder.sync(parent) else { throw failure(file, systemReason) }
    }

    private static func name(of number: UInt32) -> String { "\(number)\(suffix)" }

    private func read(_ name: String) throws(OperationError) -> [UInt8] {
        do {
            return try SecretFile.read("\(path)/\(name)", byteCountMax: FieldEpochKey.byteCount)
        } catch {
            throw unreadable("\(path)/\(name)", error.reason)
        }
    }

    private func removeOverwritten(_ name: String) throws(OperationError) {
        guard unsafe unlink("\(path)/\(name)") == 0, Folder.sync(path) else {
            throw unwritable("\(path)/\(name)", Self.systemReason)
        }
    }

    private var parent: String {
        let parts = path.split(separator: "/").dropLast()
        return (path.hasPrefix("/") ? "/" : "./") + parts.joined(separator: "/")
    }

    private static var systemReason: String { unsafe String(cString: strerror(errno)) }

    private func unreadable(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            code: .epochKeysUnreadable, reason: "the epoch key \(file) cannot be read: \(reason)",
            hint: "repair its owner, mode or disk; if it is lost, move it away and run `suishen recover` with the "
                + "recovery key")
    }

    private func unwritable(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            code: .epochKeysUnwritable, reason: "the epoch key \(file) cannot be written: \(reason)",
            hint: "repair the disk or the folder's owner; fields are sealed under the former key meanwhile")
    }
}
