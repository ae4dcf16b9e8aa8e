import Glibc

/// A thread of the system, since calls of a token's module block.
final class Worker {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        let made = unsafe pthread_create(
            &thread, nil,
            { work in
                if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            }, work)
        // No input reaches this: the machine has room for a few threads.
        precondition(made == 0, "the machine has room for one more thread")
    }

    func join() { pthread_join(thread, nil) }
}
