import COpenSSL
import Glibc

/// The contexts that one thread uses again and again, made at its first use and freed when it ends.
///
/// Setting a context up costs two to three times the digest of a short message. No caller suspends
/// while it holds one, so that a task which changes threads is no danger.
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

    /// The contexts of the thread that asks.
    static var current: ThreadContexts {
        if let known = unsafe pthread_getspecific(key) {
            return unsafe Unmanaged<ThreadContexts>.fromOpaque(known).takeUnretainedValue()
        }
        let made = ThreadContexts()
        unsafe pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
        return made
    }
}
