import Glibc

/// Zeroed memory from the kernel itself, for tables that grow with a log.
///
/// It goes back to the kernel at once and whole, where the heap would keep what it is given back between what is still
/// in use; and a page of it that was never written takes no room.
enum MappedPages {
    /// Maps memory, or ends the process when there is none, as the heap does.
    static func map(byteCount: Int) -> UnsafeMutableRawPointer {
        let pages = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
            // No input reaches this: only a machine without memory does, and what it held can be read again.
            preconditionFailure("there is memory for \(byteCount) bytes more")
        }
        return unsafe pages
    }

    static func unmap(_ pages: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe munmap(pages, byteCount)
    }
}
