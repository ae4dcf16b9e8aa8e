import Glibc

/// A lock that many calls share, and that one caller holds alone to start a module anew.
@safe final class ReadWriteLock: Sendable {
    // Safe to share: that is what the lock is for; it is destroyed after its last user.
    nonisolated(unsafe) private let pointer: UnsafeMutablePointer<pthread_rwlock_t>

    init() {
        unsafe pointer = .allocate(capacity: 1)
        let made = unsafe pthread_rwlock_init(pointer, nil)
        // No input reaches this: only a machine without memory does.
        precondition(made == 0, "a lock can be made")
    }

    deinit {
        unsafe pthread_rwlock_destroy(pointer)
        unsafe pointer.deallocate()
    }

    func sharing<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        unsafe pthread_rwlock_rdlock(pointer)
        defer { unsafe pthread_rwlock_unlock(pointer) }
        return try body()
    }

    func alone<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        unsafe pthread_rwlock_wrlock(pointer)
        defer { unsafe pthread_rwlock_unlock(pointer) }
        return try body()
    }
}
