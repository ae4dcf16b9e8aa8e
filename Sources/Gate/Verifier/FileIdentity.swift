import Glibc

/// Identifies a file and its last change: device, inode, size, and both times of change.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    let byteCount: Int
    private let modifiedAt: Time
    /// Unlike ``modifiedAt``, this time cannot be set back.
    private let changedAt: Time

    private struct Time: Equatable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) {
            seconds = time.tv_sec
            nanoseconds = time.tv_nsec
        }
    }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        byteCount = Int(status.st_size)
        modifiedAt = Time(status.st_mtim)
        changedAt = Time(status.st_ctim)
    }

    /// Reads the identity of the file at a path; nil if no file is there.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
