import Glibc
import Storage
import Synchronization

/// Remembers the last write that failed because the disk took nothing or the tables are a later version's, until a write
/// succeeds again.
final class WriteHealth: Sendable {
    /// The free space with which a disk counts as no longer full, although nothing was written to it since.
    private static let roomByteCount: UInt64 = 1 << 20

    private let failure = Mutex<OperationError?>(nil)

    /// Runs a write, and remembers how it ended.
    func noting<Value>(_ write: () async throws -> Value) async throws -> Value {
        do {
            let value = try await write()
            failure.withLock { $0 = nil }
            return value
        } catch {
            let error = OperationError(any: error)
            if Self.lasts(error) { failure.withLock { $0 = error } }
            throw error
        }
    }

    /// The error of the last write; nil when it succeeded, or when the disk of `folder` has room again.
    ///
    /// Nobody may write while a daemon is reported as failing, so that the disk itself must be looked at.
    func obstacle(in folder: String) -> OperationError? {
        guard let error = failure.withLock({ $0 }) else { return nil }
        var disk = statvfs()
        guard error.code == StorageError.Code.diskFull.rawValue, unsafe statvfs(folder, &disk) == 0,
            UInt64(disk.f_bavail) * UInt64(disk.f_frsize) >= Self.roomByteCount
        else { return error }
        return nil
    }

    /// Whether a folder's disk has no room for this user.
    static func isFull(_ folder: String) -> Bool {
        var disk = statvfs()
        // A file system without a size cannot say how full it is.
        guard unsafe statvfs(folder, &disk) == 0, disk.f_blocks > 0 else { return false }
        return (geteuid() == 0 ? disk.f_bfree : disk.f_bavail) == 0
    }

    /// Whether the next write fails too, unless somebody does something about it.
    private static func lasts(_ error: OperationError) -> Bool {
        let codes = [
            StorageError.Code.diskFull.rawValue, StorageError.Code.schemaNewer.rawValue,
            LogError.Code.logUnwritable.rawValue, OperationError.Code.beatUnwritable.rawValue,
        ]
        return codes.contains(error.code)
    }
}
