import Glibc

/// Keeps the best of several measurements, by the clock and in the processor time of all threads.
struct Stopwatch {
    private(set) var best = Double.infinity
    private(set) var bestProcessor = Double.infinity
    private var begin = (clock: 0.0, processor: 0.0)

    mutating func start() {
        begin = (Self.seconds(CLOCK_MONOTONIC), Self.seconds(CLOCK_PROCESS_CPUTIME_ID))
    }

    mutating func stop() {
        best = min(best, Self.seconds(CLOCK_MONOTONIC) - begin.clock)
        bestProcessor = min(bestProcessor, Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - begin.processor)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
