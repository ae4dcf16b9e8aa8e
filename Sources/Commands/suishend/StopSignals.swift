@unsafe @preconcurrency import Dispatch
import Glibc

/// The signals that ask a daemon to stop cleanly.
enum StopSignals {
    /// Yields a value at the first SIGTERM or SIGINT; from now on neither signal ends the process.
    static func stream() -> AsyncStream<Void> {
        AsyncStream { continuation in
            let sources = [SIGTERM, SIGINT].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield() }
                source.resume()
                return source
            }
            continuation.onTermination = { _ in sources.forEach { $0.cancel() } }
        }
    }
}
