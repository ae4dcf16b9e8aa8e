import CLinux
import Glibc

/// Keeps this process's memory, with its keys and people's numbers, out of files and away from other processes.
enum MemorySecrecy {
    /// The signals at which Swift's runtime or a system's crash handler would write out the process's memory.
    private static let crashSignals = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP]

    /// Makes a crash end the process at once without a dump, and denies its memory to every user but root.
    ///
    /// A core size limit of 0 is not enough: it does not apply when core_pattern names a program (core(5)). The filter
    /// leaves all memory out of a core dump that root takes with a debugger.
    static func begin() {
        for number in crashSignals { signal(number, SIG_DFL) }
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        // Opened before the next step, which makes root the file's owner.
        let filter = unsafe open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        if filter >= 0 {
            _ = unsafe write(filter, "0", 1)
            close(filter)
        }
        _ = suishen_forbid_dumps()
    }
}
