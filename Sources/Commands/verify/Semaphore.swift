import Glibc

/// A counting semaphore of the C library: `wait()` blocks while the count is 0.
@safe final class Semaphore: Sendable {
    // Safe to share: only the C library's thread-safe calls use it.
    nonisolated(unsafe) private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ value: Int) {
        let status = unsafe sem_init(semaphore, 0, UInt32(value))
        // No input reaches this: the value is a constant of the source.
        precondition(status == 0, "the initial count fits into a semaphore")
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func wait() {
        while unsafe sem_wait(semaphore) != 0 {}
    }

    func signal() {
        unsafe sem_post(semaphore)
    }
}
