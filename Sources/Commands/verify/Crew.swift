import CLinux
import GateCommandLine
import Glibc

/// Threads that share one piece of work, each on its own processor; the caller's thread is one of them.
///
/// If the system may move the threads, two of them share a processor for milliseconds while another processor is idle:
/// the system moves no waiting thread to a processor that is idle only briefly, as between the lines of a stream.
enum Crew {
    /// Runs `work` at once on every processor that this process may use; returns when all have finished.
    static func run(_ work: @escaping @Sendable () -> Void) {
        let pinned = usableProcessors().map { processor in
            { @Sendable in
                pinThread(to: processor)
                work()
            }
        }
        let others = pinned.dropFirst().compactMap(SystemThread.init(running:))
        (pinned.first ?? work)()
        for thread in others { thread.join() }
    }

    /// The numbers of the processors that this process may use; empty when the system does not say.
    private static func usableProcessors() -> [Int] {
        var set = cpu_set_t()
        guard unsafe sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return [] }
        return unsafe withUnsafeBytes(of: &set) { bytes in
            (0..<bytes.count * 8).filter { unsafe bytes[$0 / 8] >> ($0 % 8) & 1 == 1 }
        }
    }

    /// Keeps the calling thread on one processor, if the system allows it.
    private static func pinThread(to processor: Int) {
        var set = cpu_set_t()
        unsafe withUnsafeMutableBytes(of: &set) { unsafe $0[processor / 8] = 1 << (processor % 8) }
        _ = unsafe sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set)
    }
}
