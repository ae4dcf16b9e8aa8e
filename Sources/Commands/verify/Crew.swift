import CLinux
import Glibc

/// Threads that do one work together, each on a processor of its own, and the caller's is one of them.
///
/// Where the system may move them, two share a processor for milliseconds while another does nothing: it fetches no
/// waiting thread as long as it is idle for short times only, as between the lines of a stream.
enum Crew {
    /// Runs `work` on every processor that this process may use at once; returns when it has ended on each.
    static func run(_ work: @escaping @Sendable () -> Void) {
        let pinned = usableProcessors().map { processor in
            { @Sendable in
                stay(on: processor)
                work()
            }
        }
        let others = pinned.dropFirst().compactMap(SystemThread.init(running:))
        (pinned.first ?? work)()
        for thread in others { thread.join() }
    }

    /// Their numbers; none where the system does not say.
    private static func usableProcessors() -> [Int] {
        var set = cpu_set_t()
        guard unsafe sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return [] }
        return unsafe withUnsafeBytes(of: &set) { bytes in
            (0..<bytes.count * 8).filter { unsafe bytes[$0 / 8] >> ($0 % 8) & 1 == 1 }
        }
    }

    /// Keeps the calling thread on one processor, where the system lets it.
    private static func stay(on processor: Int) {
        var set = cpu_set_t()
        unsafe withUnsafeMutableBytes(of: &set) { unsafe $0[processor / 8] = 1 << (processor % 8) }
        _ = unsafe sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set)
    }
}
