import Glibc
import Platform

/// Keeps this machine's processors from sleeping while lines follow one another closely: one that sleeps takes a while
/// to wake, and a virtual one waits until the machine that took its place gives it back.
///
/// Linux's PM QoS: as long as `/dev/cpu_dma_latency` is open with 0 in it, an idle processor polls. A process that may
/// not write that file does without.
struct WakefulProcessors: ~Copyable {
    private static let path = "/dev/cpu_dma_latency"
    /// Two reads no further apart are close; a person's two scans are not.
    private static let closeMicroseconds: UInt64 = 10_000
    /// How long nothing must have come until they may sleep again.
    private static let quietMicroseconds: UInt64 = 100_000

    /// Open while they may not sleep.
    private var request: Int32?
    private var isRefused = false
    private var lastRead: UInt64 = 0

    deinit {
        if let request { close(request) }
    }

    /// Notes that something was read just now.
    mutating func noteRead() {
        let now = MonotonicClock.microseconds()
        if now - lastRead <= Self.closeMicroseconds, request == nil, !isRefused { forbidSleep() }
        lastRead = now
    }

    /// Lets them sleep when nothing has come for long.
    ///
    /// - Returns: in how many milliseconds to call this again if nothing comes; -1 when there is no need to.
    mutating func noteIdle() -> Int32 {
        guard let request else { return -1 }
        if MonotonicClock.microseconds() - lastRead < Self.quietMicroseconds {
            return Int32(Self.quietMicroseconds / 1000)
        }
        close(request)
        self.request = nil
        return -1
    }

    private mutating func forbidSleep() {
        let file = unsafe open(Self.path, O_WRONLY | O_CLOEXEC)
        var latencyMicroseconds: Int32 = 0
        if file >= 0, unsafe write(file, &latencyMicroseconds, MemoryLayout<Int32>.size) > 0 {
            request = file
        } else {
            if file >= 0 { close(file) }
            isRefused = true
        }
    }
}
