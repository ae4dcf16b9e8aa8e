package import Glibc

/// A command that is told one thing after another on stdin, and answers in lines; killed when the test lets go of it.
package final class PipedProgram {
    private let input: Int32
    private let output: Int32
    private let diagnosticsPath: String
    private let scratch: ScratchFolder
    package private(set) var process: pid_t = 0
    private var unread: [UInt8] = []

    /// Starts it.
    ///
    /// - Parameters:
    ///   - name: a command that the same build made.
    ///   - arguments: what stands behind the command's name.
    ///   - script: how the shell starts it, as `"$0" "$@"`; it ends with `exec`, so that the process is the command.
    ///   - clock: the wall clock that it reads; nil for the machine's.
    /// - Throws: ``MissingFile`` when the command was not built.
    package init(
        _ name: String, _ arguments: [String], script: String = "exec \"$0\" \"$@\"", clock: SetClock? = nil
    ) throws {
        let path = Program.folder + "/" + name
        scratch = try ScratchFolder()
        diagnosticsPath = scratch("stderr")
        var (toProgram, fromProgram) = ([Int32](repeating: 0, count: 2), [Int32](repeating: 0, count: 2))
        // Sockets are closed in other programs that tests start meanwhile, and a write to one raises no signal.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &toProgram) == 0,
            unsafe socketpair(AF_UNIX, kind, 0, &fromProgram) == 0
        else { throw MissingFile(path: path) }
        (input, output) = (toProgram[1], fromProgram[0])
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, toProgram[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromProgram[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, diagnosticsPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let command = (clock?.words ?? []) + ["sh", "-c", script, path] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = unsafe command.map {
            unsafe strdup($0)
        }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        let status = unsafe posix_spawnp(&process, command[0], &actions, nil, &words, environ)
        close(toProgram[0])
        close(fromProgram[1])
        guard status == 0 else { throw MissingFile(path: path) }
    }

    /// Writes to its stdin.
    package func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    input, buffer.baseAddress?.advanced(by: written), buffer.count - written, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw MissingFile(path: "a running program's stdin") }
            written += count
        }
    }

    /// The next line of its stdout, without its end.
    ///
    /// - Throws: ``MissingFile`` when it ends, or says nothing for a minute.
    package func readLine() throws -> [UInt8] {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(unread[..<end])
                unread.removeFirst(end + 1)
                return line
            }
            var watched = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&watched, 1, 60_000) > 0 else { throw MissingFile(path: "a running program's answer") }
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
            guard count > 0 else { throw MissingFile(path: "a running program's answer") }
            unread += chunk[..<count]
        }
    }

    /// What it has written to stderr so far.
    package func diagnostics() throws -> String {
        String(decoding: try ProjectFiles.bytes(diagnosticsPath), as: UTF8.self)
    }

    /// Ends its stdin, waits for its end, and gives its status, or 128 and the signal that ended it.
    package func finish() -> Int32 {
        close(input)
        return ended()
    }

    /// Sends a signal that ends it, waits for its end, and gives its status as ``finish()`` does.
    ///
    /// It is killed when it outlives the signal by a minute.
    package func end(by signal: Int32) -> Int32 {
        kill(process, signal)
        defer { close(input) }
        var information = unsafe siginfo_t()
        for _ in 0..<6000 {
            let options = WEXITED | WNOHANG | WNOWAIT
            guard unsafe waitid(P_PID, id_t(process), &information, options) == 0 else { break }
            if unsafe information.si_signo == SIGCHLD { return ended() }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        return ended()
    }

    private func ended() -> Int32 {
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        process = 0
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    deinit {
        if process > 0 {
            kill(process, SIGKILL)
            close(input)
            waitpid(process, nil, 0)
        }
        close(output)
    }
}
