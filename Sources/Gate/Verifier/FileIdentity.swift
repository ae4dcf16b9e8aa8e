import Glibc

/// Which file stands at a path, and whether it was written since: device, inode, size, and both times of change.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    let byteCount: Int
    private let modifiedAt: Time
    /// Nobody can set it back, as the other can be.
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

    /// What stands at a path; nil where nothing does.
    init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
