import Glibc

/// A server in Python that a test starts; killed when the test lets go of it.
package final class PythonServer: Sendable {
    package let port: Int
    private let process: pid_t

    /// Starts a server, and waits until it has written its port.
    ///
    /// - Parameters:
    ///   - script: the program; it writes its port and a line feed to `portFile`.
    ///   - arguments: its arguments.
    ///   - portFile: the file that it writes its port to.
    /// - Throws: ``MissingFile`` when it cannot be started.
    package convenience init(_ script: String, _ arguments: [String], portFile: String) throws {
        try self.init(path: "python3", ["-c", script] + arguments, portFile: portFile)
    }

    /// Starts a server with another Python.
    ///
    /// - Parameters:
    ///   - path: the Python, by its path or its name.
    ///   - arguments: all of its arguments.
    ///   - portFile: the file that the server writes its port to.
    /// - Throws: ``MissingFile`` when it cannot be started or ends.
    package init(path: String, _ arguments: [String], portFile: String) throws {
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        guard unsafe posix_spawnp(&process, path, nil, nil, &words, environ) == 0 else {
            throw MissingFile(path: path)
        }
        self.process = process
        var port: Int?
        while port == nil {
            usleep(10_000)
            var status: Int32 = 0
            guard unsafe waitpid(process, &status, WNOHANG) == 0 else { throw MissingFile(path: portFile) }
            let line = (try? ProjectFiles.bytes(portFile)) ?? []
            if line.last == 0x0A { port = Int(String(decoding: line.dropLast(), as: UTF8.self)) }
        }
        self.port = port ?? 0
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
    }
}
