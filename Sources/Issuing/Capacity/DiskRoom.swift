import Glibc

/// The room on the disk of a folder.
package struct DiskRoom: Sendable, Equatable {
    /// The bytes that this process may still take.
    package let freeByteCount: UInt64
    package let byteCount: UInt64

    package init(freeByteCount: UInt64, byteCount: UInt64) {
        (self.freeByteCount, self.byteCount) = (freeByteCount, byteCount)
    }

    /// Asks the file system; nil for a folder that is not there, and for a file system without a size.
    init?(of folder: String) {
        var disk = statvfs()
        guard unsafe statvfs(folder, &disk) == 0, disk.f_blocks > 0 else { return nil }
        let blocks = UInt64(geteuid() == 0 ? disk.f_bfree : disk.f_bavail)
        self.init(
            freeByteCount: blocks * UInt64(disk.f_frsize), byteCount: UInt64(disk.f_blocks) * UInt64(disk.f_frsize))
    }
}
