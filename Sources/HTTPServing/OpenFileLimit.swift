import Glibc

/// The limit of open files, which connections count against.
package enum OpenFileLimit {
    private static let countWanted: rlim_t = 4096

    /// Raises the limit for a server's connections, as far as the system's hard limit allows.
    package static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < countWanted
        else { return }
        limit.rlim_cur = min(limit.rlim_max, countWanted)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
