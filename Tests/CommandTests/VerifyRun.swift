import Encoding
import Glibc
import TestSupport

/// One run of the built `verify`: its output lines as JSON, and its exit status.
struct VerifyRun {
    let status: Int32
    let lines: [JSONValue]

    var code: String? { lines.first?["code"]?.string }
    var verdict: String? { lines.first?["verdict"]?.string }

    init(_ arguments: String, input: String = "", clock: SetClock? = nil) throws {
        let environment = clock.map { $0.words.joined(separator: " ") + " " } ?? ""
        let verify = "\(environment)\(ProjectFiles.root)/.build/debug/verify"
        let command = "printf '%s' '\(input)' | \(verify) \(arguments) 2>/dev/null"
        guard let pipe = unsafe popen(command, "r") else { throw CannotRun() }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        status = (unsafe pclose(pipe) >> 8) & 0xFF
        lines = try bytes.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONValue.parse(line, byteCountMax: 1 << 20)
        }
    }
}

extension VerifyRun {
    /// Reads the output of a run that took no part of its command line from a shell.
    init(_ outcome: Program.Outcome) throws {
        status = outcome.status
        lines = try outcome.output.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONValue.parse(Array(line), byteCountMax: 1 << 20)
        }
    }
}

/// The shell could not be started.
struct CannotRun: Error {}
