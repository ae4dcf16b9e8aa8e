import Glibc

/// The processor time of this process, which excludes other work on the machine.
enum ProcessorTime {
    /// The runs of `work` in a second of processor time, measured for at least `milliseconds`.
    static func rate(milliseconds: Int, _ work: () throws -> Void) rethrows -> Double {
        let start = seconds()
        let end = start + Double(milliseconds) / 1_000
        var count = 0
        var now = start
        while now < end {
            for _ in 0..<20 { try work() }
            count += 20
            now = seconds()
        }
        return Double(count) / (now - start)
    }

    private static func seconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
