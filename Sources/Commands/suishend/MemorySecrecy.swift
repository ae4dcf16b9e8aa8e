import CLinux
import Glibc

/// Keeps this process's memory, where keys and people's numbers are, out of files and from other processes.
enum MemorySecrecy {
    /// What Swift's runtime, and systems with a handler for crashes, would describe a process for.
    private static let crashSignals = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP]

    /// Has a crash end the process at once, with nothing written, and refuses its memory to all but root.
    ///
    /// A limit of 0 is not enough: where core_pattern names a program, it is not asked (core(5)). Of what root takes
    /// with a debugger, the filter leaves out all memory.
    static func begin() {
        for number in crashSignals { signal(number, SIG_DFL) }
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        // Before the next step, which gives the file to root.
        let filter = unsafe open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        if filter >= 0 {
            _ = unsafe write(filter, "0", 1)
            close(filter)
        }
        _ = suishen_forbid_dumps()
    }
}
