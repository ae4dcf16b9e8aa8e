/// How a process that audits deals with the memory it frees.
enum AuditMemory {
    /// The most that glibc's threshold follows (mallopt(3), `M_MMAP_THRESHOLD`).
    private static let thresholdByteCount = 31 << 20

    /// Makes glibc keep freed memory, instead of giving it back to the kernel.
    ///
    /// An audit allocates and frees arrays on every thread; returning their pages costs a fifth of its time. glibc keeps
    /// up to twice the largest mapped block that was ever freed, so that one large block is allocated and freed here.
    static func keep() {
        unsafe UnsafeMutableRawPointer.allocate(byteCount: thresholdByteCount, alignment: 16).deallocate()
    }
}
