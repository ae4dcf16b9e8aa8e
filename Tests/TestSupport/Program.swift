import Glibc

/// A built command, run as a process of its own.
package struct Program: Sendable {
    /// What a run left behind.
    package struct Outcome: Sendable {
        package let status: Int32
        package let output: String
        package let diagnostics: String
    }

    /// Where it lies.
    package let path: String

    /// Where the build that runs the tests put its commands.
    static let folder: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return 0 }
            return unsafe readlink("/proc/self/exe", start, bytes.count)
        }
        let runner = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return runner.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }()

    /// Names a command that the same build made, beside the running tests.
    package init(_ name: String) {
        path = Self.folder + "/" + name
    }

    /// Runs the command with words that a shell takes apart first.
    package func run(inShell words: String) throws -> Outcome {
        try Program(path: "/bin/sh").run(["-c", "exec \(path) \(words)"])
    }

    /// Names a command that the system has.
    package init(path: String) {
        self.path = path
    }

    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - arguments: what stands behind the command's name.
    ///   - input: what it reads on stdin.
    ///   - dataKilobytesMax: the most data memory it may take; what passes it fails.
    ///   - script: how the shell starts it, as `"$0" "$@"`.
    /// - Returns: its status, 128 and the signal's number when it was killed, and all that it wrote.
    /// - Throws: ``MissingFile`` when the command was not built or no scratch file can be made.
    package func run(
        _ arguments: [String], input: [UInt8] = [], dataKilobytesMax: Int = 4 << 20,
        script: String = "exec \"$0\" \"$@\""
    ) throws -> Outcome {
        let streams = try [ScratchFile(input), ScratchFile([]), ScratchFile([])]
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, stream.descriptor, Int32(number))
        }
        var process: pid_t = 0
        var words = unsafe (["sh", "-c", "ulimit -d \(dataKilobytesMax); \(script)", path] + arguments).map {
            unsafe strdup($0)
        }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        guard unsafe posix_spawn(&process, "/bin/sh", &actions, nil, words, environ) == 0 else {
            throw MissingFile(path: path)
        }
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? status >> 8 & 0xFF : 128 + signal,
            output: String(decoding: try streams[1].content(), as: UTF8.self),
            diagnostics: String(decoding: try streams[2].content(), as: UTF8.self))
    }
}

/// A file without a name, gone when it is closed.
private final class ScratchFile: Sendable {
    let descriptor: Int32

    init(_ bytes: [UInt8]) throws {
        var template = Array("/tmp/suishen-stream-XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw MissingFile(path: "/tmp") }
        unsafe unlink(template)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            guard count > 0 else { throw MissingFile(path: "/tmp") }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    func content() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == bytes.count else { throw MissingFile(path: "/tmp") }
        return bytes
    }

    deinit {
        close(descriptor)
    }
}
