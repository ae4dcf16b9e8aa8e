import Glibc
import Platform

/// Keeps this machine's processors from sleeping while lines follow one another closely.
///
/// A sleeping processor takes time to wake; a virtual one waits until the host gives it a processor again.
/// Uses Linux's PM QoS: while `/dev/cpu_dma_latency` is open with 0 written to it, an idle processor polls. A process
/// that may not write that file works without this.
struct WakefulProcessors: ~Copyable {
    private static let path = "/dev/cpu_dma_latency"
    /// Two reads at most this far apart are close; two scans by a person are not.
    private static let closeMicroseconds: UInt64 = 10_000
    /// The time without input after which the processors may sleep again.
    private static let quietMicroseconds: UInt64 = 100_000

    /// The open file while the processors may not sleep; otherwise nil.
    private var request: Int32?
    private var isRefused = false
    private var lastRead: UInt64 = 0

    deinit {
        if let request { close(request) }
    }

    /// Records that input was read just now.
    mutating func noteRead() {
        let now = MonotonicClock.microseconds()
        if now - lastRead <= Self.closeMicroseconds, request == nil, !isRefused { forbidSleep() }
        lastRead = now
    }

    /// Lets the processors sleep after a long time without input.
    ///
    /// - Returns: the milliseconds after which to call this again without input; -1 when that is not needed.
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
