import Glibc

/// What changes when a file is replaced or written: its place on the disk, its size and its times.
package struct FileStamp: Equatable, Sendable {
    private let device: UInt
    private let file: UInt
    private let byteCount: Int
    private let written: [Int]
    private let changed: [Int]

    /// Looks at the file that a path leads to, also over symbolic links; nil where there is none.
    package init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        file = UInt(status.st_ino)
        byteCount = Int(status.st_size)
        written = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}
