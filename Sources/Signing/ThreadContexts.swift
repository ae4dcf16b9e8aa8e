import COpenSSL
import Glibc

/// The contexts that one thread reuses: made at the thread's first use and freed when it ends.
///
/// Setting a context up costs two to three times the digest of a short message. No caller suspends while it uses a
/// context, so a task that continues on another thread does no harm.
final class ThreadContexts {
    let sha256 = DigestContext(.sha256)
    private(set) lazy var sm3 = DigestContext(.sm3)
    let cipher = CipherContext()

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let made = unsafe pthread_key_create(&key) { contexts in
            if let contexts = unsafe contexts { unsafe Unmanaged<ThreadContexts>.fromOpaque(contexts).release() }
        }
        // No input reaches this: it is made once in the life of a process, before any is read.
        precondition(made == 0, "a process has room for one more thread-specific key")
        return key
    }()

    /// The contexts of the calling thread.
    static var current: ThreadContexts {
        if let known = unsafe pthread_getspecific(key) {
            return unsafe Unmanaged<ThreadContexts>.fromOpaque(known).takeUnretainedValue()
        }
        let made = ThreadContexts()
        unsafe pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
        return made
    }
}
