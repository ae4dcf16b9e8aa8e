@unsafe @preconcurrency import Dispatch
import Glibc

/// The signals that ask a daemon to stop cleanly.
package enum StopSignals {
    private static nonisolated(unsafe) var pipeEnd: Int32 = -1

    /// Yields a value at each SIGTERM or SIGINT; from now on neither signal ends the process.
    ///
    /// A handler writes each signal into a pipe, so that it counts on every thread. A source of the dispatch library
    /// for signals ignores one that arrives on the main thread. Without a free descriptor for the pipe, the signals end
    /// the process at once, which loses nothing acknowledged either.
    package static func stream() -> AsyncStream<Void> {
        AsyncStream { continuation in
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { return }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            unsafe pipeEnd = ends[1]
            let source = DispatchSource.makeReadSource(fileDescriptor: ends[0])
            source.setEventHandler {
                var byte: UInt8 = 0
                if unsafe read(ends[0], &byte, 1) == 1 { continuation.yield() }
            }
            source.resume()
            continuation.onTermination = { _ in source.cancel() }
            for number in [SIGTERM, SIGINT] { signal(number) { _ in StopSignals.note() } }
        }
    }

    private static func note() {
        let former = errno
        var byte: UInt8 = 1
        _ = unsafe write(pipeEnd, &byte, 1)
        errno = former
    }
}
