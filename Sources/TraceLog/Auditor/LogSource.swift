import Glibc

/// The log that a command line names: a folder, a daemon's socket, or an http(s) URL.
package enum LogSource: AuditSource {
    case folder(LogFolderSource)
    case fetcher(LogFetcher)

    package init(_ name: String) {
        if name.hasPrefix("http://") || name.hasPrefix("https://") {
            self = .fetcher(LogFetcher(url: name))
            return
        }
        var status = stat()
        if unsafe stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK {
            self = .fetcher(LogFetcher(socket: name))
        } else {
            self = .folder(LogFolderSource(folder: name))
        }
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        switch self {
        case .folder(let log): try log.read(path, byteCountMax: byteCountMax)
        case .fetcher(let log): try log.read(path, byteCountMax: byteCountMax)
        }
    }
}
