import Glibc

/// Zeroed memory from the kernel itself, for tables that grow with a log.
///
/// Unmapped memory goes back to the kernel at once, while a heap keeps freed blocks that lie between used ones. Pages that
/// were never written take no memory.
enum MappedPages {
    /// Maps memory; ends the process when there is none, as the heap does.
    static func map(byteCount: Int) -> UnsafeMutableRawPointer {
        let pages = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
            // No input reaches this: only a machine without memory does, and what it held can be read again.
            preconditionFailure("the kernel has no memory for \(byteCount) more bytes")
        }
        return unsafe pages
    }

    static func unmap(_ pages: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe munmap(pages, byteCount)
    }
}
