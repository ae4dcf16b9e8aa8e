import CLinux
import Glibc

/// A thread of the C library's own: a pool would be set up at every start of the command, used or not.
struct SystemThread: Sendable {
    private let thread: pthread_t

    /// Starts one; nil where the system gives no more.
    init?(running work: @escaping @Sendable () -> Void) {
        self.init(stackByteCount: nil, running: work)
    }

    /// Starts one with a stack of so many bytes, or of the system's 8 MiB; nil where the system gives no more.
    init?(stackByteCount: Int?, running work: @escaping @Sendable () -> Void) {
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

    /// Waits until it has ended; called once.
    func join() {
        pthread_join(thread, nil)
    }

    /// Names the calling thread, as ps(1) and /proc show it.
    ///
    /// - Parameter name: at most 15 bytes.
    static func name(_ name: String) {
        _ = unsafe suishen_name_thread(name)
    }

    /// What a new thread begins with: its task, which it owns.
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
