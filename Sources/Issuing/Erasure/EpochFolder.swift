import Glibc
import Platform
import Signing
import Storage

/// The folder of epoch keys, outside the installation's folder, so that no backup of that folder has them.
///
/// No other user may reach it.
struct EpochFolder: EpochPlace {
    let path: String

    private static let unfinishedSuffix = ".new"

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
            if let key = try key(inFile: name) { keys.append(key) }
        }
        return keys
    }

    func key(_ number: UInt32) throws(OperationError) -> FieldEpochKey? {
        let name = Self.name(of: number)
        return unsafe access("\(path)/\(name)", F_OK) == 0 ? try key(inFile: name) : nil
    }

    private func key(inFile name: String) throws(OperationError) -> FieldEpochKey? {
        var bytes = try read(name)
        defer { SecretFile.wipe(&bytes) }
        if bytes.count == FieldEpochKey.byteCount, bytes.prefix(8).allSatisfy({ $0 == 0 }) {
            try removeOverwritten(name)
            return nil
        }
        guard let key = FieldEpochKey(encoded: bytes), name == Self.name(of: key.number) else {
            throw unreadable("\(path)/\(name)", "it is not a complete epoch key")
        }
        return key
    }

    func create(with key: FieldEpochKey) throws(OperationError) {
        guard unsafe mkdir(path, 0o700) == 0 else {
            guard errno == EEXIST else { throw unwritable(path, Self.systemReason) }
            throw occupied
        }
        do throws(OperationError) {
            _ = try add(key)
        } catch {
            withdraw(key)
            throw error
        }
        guard Folder.sync(parent) else { throw unwritable(path, Self.systemReason) }
    }

    func add(_ key: FieldEpochKey) throws(OperationError) -> FieldEpochKey {
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
        return key
    }

    func destroy(_ number: UInt32) throws(OperationError) {
        try Self.destroy("\(path)/\(Self.name(of: number))", byteCount: FieldEpochKey.byteCount, or: unwritable)
    }

    func withdraw(_ key: FieldEpochKey) {
        for name in Folder.names(in: path) {
            unsafe chmod("\(path)/\(name)", 0o600)
            unsafe unlink("\(path)/\(name)")
        }
        unsafe rmdir(path)
    }

    var readingFix: String { "repair its owner, mode or disk" }
    var writingFix: String { "repair the disk or the folder's owner" }

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
}
