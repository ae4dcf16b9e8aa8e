/// How a process that audits deals with the memory it frees.
enum AuditMemory {
    /// The most that glibc's threshold follows (mallopt(3), `M_MMAP_THRESHOLD`).
    private static let thresholdByteCount = 31 << 20

    /// Has what is freed kept for what comes next, instead of handed back to the kernel.
    ///
    /// An audit takes and frees arrays on every thread; their pages' way back and forth is a fifth of its time. glibc
    /// keeps twice the largest block that it has seen mapped and freed, so that it is shown a large one, untouched.
    static func keep() {
        unsafe UnsafeMutableRawPointer.allocate(byteCount: thresholdByteCount, alignment: 16).deallocate()
    }
}
