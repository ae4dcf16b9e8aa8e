import Glibc
import TestSupport
import Testing

/// The `openssl` program in a scratch folder of its own, as the other side of what the tests write and read.
final class OpenSSLProgram {
    let folder: String

    init() throws {
        folder = "/tmp/openssl-tests-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try #require(unsafe mkdir(folder, 0o700) == 0)
    }

    deinit {
        if let shell = unsafe popen("rm -f '\(folder)'/*", "r") { unsafe pclose(shell) }
        unsafe rmdir(folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Runs it inside the folder with arguments that are split at spaces, and fails unless it succeeds.
    func run(_ arguments: String) throws {
        guard accepts(arguments) else {
            let output = try? ProjectFiles.bytes(path("output.txt"))
            throw OpenSSLFailure(arguments: arguments, output: String(decoding: output ?? [], as: UTF8.self))
        }
    }

    /// Whether it succeeds.
    func accepts(_ arguments: String) -> Bool {
        let command = "cd '\(folder)' && openssl \(arguments) > output.txt 2>&1 < /dev/null"
        guard let shell = unsafe popen(command, "r") else { return false }
        return unsafe pclose(shell) == 0
    }

    /// Writes bytes to a file that only we can read.
    func write(_ bytes: [UInt8], to name: String) throws {
        let descriptor = unsafe open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }
}

/// What the program said when it was to succeed and did not.
struct OpenSSLFailure: Error {
    let arguments: String
    let output: String
}
