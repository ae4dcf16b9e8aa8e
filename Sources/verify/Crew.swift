import Glibc

/// Threads that do one work together, and the caller's is one of them.
///
/// The C library's own: a pool would be set up at every start of the command, used or not.
enum Crew {
    /// Runs `work` on every core at once; returns when it has ended on each.
    static func run(_ work: @escaping @Sendable () -> Void) {
        let others = (1..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).compactMap { _ in start(work) }
        work()
        for thread in others { pthread_join(thread, nil) }
    }

    /// Starts one thread; nil where the system gives no more, so that those there are do its work.
    private static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t? {
        let task = unsafe Unmanaged.passRetained(Task(work))
        var thread = pthread_t()
        let status = unsafe pthread_create(&thread, nil, run, task.toOpaque())
        if status == 0 { return thread }
        unsafe task.release()
        return nil
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
