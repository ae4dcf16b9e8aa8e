import Glibc

/// A command that was started and runs beside the test; killed when the test lets go of it.
package final class RunningProgram {
    private var process: pid_t = 0

    /// Starts it, with its output thrown away.
    ///
    /// - Parameters:
    ///   - name: a command that the same build made.
    ///   - arguments: what stands behind the command's name.
    ///   - prefix: the words of ``SetClock/words``, or none.
    ///   - input: a file it reads on stdin.
    ///   - output: a file its stdout goes to.
    /// - Throws: ``MissingFile`` when the command was not built.
    package init(
        _ name: String, _ arguments: [String], prefix: [String] = [], input: String = "/dev/null",
        output: String = "/dev/null"
    ) throws {
        let command = prefix + [Program.folder + "/" + name] + arguments
        let path = prefix.isEmpty ? command[0] : "/usr/bin/env"
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        guard unsafe posix_spawn(&process, path, &actions, nil, &words, environ) == 0 else {
            throw MissingFile(path: path)
        }
    }

    /// Sends a signal and waits for the end.
    package func end(_ signal: Int32) {
        guard process > 0 else { return }
        kill(process, signal)
        wait()
    }

    /// Waits until it has ended by itself.
    package func wait() {
        guard process > 0 else { return }
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        process = 0
    }

    /// Waits until something listens at a UNIX socket, for as long as a machine with much else to do may take.
    ///
    /// - Throws: ``MissingFile`` when nothing ever does.
    package static func waitForSocket(_ path: String) throws {
        for _ in 0..<12_000 {
            if let descriptor = connection(to: path) {
                close(descriptor)
                return
            }
            usleep(10_000)
        }
        throw MissingFile(path: path)
    }

    /// Connects to a UNIX socket; nil where nobody listens.
    package static func connection(to path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return nil
    }

    deinit {
        end(SIGKILL)
    }
}
