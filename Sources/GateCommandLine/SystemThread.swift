import CLinux
import Glibc

/// A thread of the C library: a thread pool would cost time at every start of a command, even when unused.
package struct SystemThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread; nil when the system gives no more.
    package init?(running work: @escaping @Sendable () -> Void) {
        self.init(stackByteCount: nil, running: work)
    }

    /// Starts a thread with a stack of `stackByteCount`, or the system's 8 MiB; nil when the system gives no more.
    package init?(stackByteCount: Int?, running work: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        if let stackByteCount { unsafe pthread_attr_setstacksize(&attributes, stackByteCount) }
        let task = unsafe Unmanaged.passRetained(Task(work))
        var thread = pthread_t()
        guard unsafe pthread_create(&thread, &attributes, Self.run, task.toOpaque()) == 0 else {
            unsafe task.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits until the thread has ended; call it once.
    package func join() {
        pthread_join(thread, nil)
    }

    /// Names the calling thread, as ps(1) and /proc show it.
    ///
    /// - Parameter name: at most 15 bytes.
    package static func name(_ name: String) {
        _ = unsafe suishen_name_thread(name)
    }

    /// The entry point of a new thread, which owns its task.
    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { task in
        if let task = unsafe task { unsafe Unmanaged<Task>.fromOpaque(task).takeRetainedValue().work() }
        return nil
    }

    private final class Task: Sendable {
        let work: @Sendable () -> Void

        init(_ work: @escaping @Sendable () -> Void) {
            self.work = work
        }
    }
}
