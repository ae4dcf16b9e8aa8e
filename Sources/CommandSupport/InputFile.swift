import Glibc
import Platform

/// Reads complete regular files and stdin, up to a limit that is checked before memory is allocated.
package enum InputFile {
    /// The limit for one file or stdin, unless a command has a smaller one.
    package static let byteCountMax = 64 << 20

    /// Reads all of `path`, or of stdin when `path` is `-`.
    ///
    /// - Parameters:
    ///   - path: a file's path, or `-`.
    ///   - byteCountMax: the most bytes to read.
    /// - Returns: the complete content.
    /// - Throws: `input_unreadable`, or `input_too_large` as soon as the limit is exceeded.
    package static func read(_ path: String, byteCountMax: Int = byteCountMax) throws(CommandError) -> [UInt8] {
        guard path != "-" else { return try readStandardInput(byteCountMax: byteCountMax) }
        return try reporting(path, byteCountMax) { () throws(RegularFileError) in
            try RegularFile.read(path, byteCountMax: byteCountMax)
        }
    }

    /// Opens a regular file for reading; the caller closes the descriptor.
    ///
    /// - Throws: `input_unreadable`.
    static func open(_ path: String) throws(CommandError) -> Int32 {
        try reporting(path, .max) { () throws(RegularFileError) in
            try RegularFile(path, byteCountMax: .max).release()
        }
    }

    /// Duplicates the descriptor of stdin; the caller closes it.
    static func standardInput() throws(CommandError) -> Int32 {
        let descriptor = dup(0)
        guard descriptor >= 0 else { throw unreadable("stdin") }
        return descriptor
    }

    private static func readStandardInput(byteCountMax: Int) throws(CommandError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(0, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable("stdin")
            }
            guard bytes.count + count <= byteCountMax else { throw tooLarge("stdin", byteCountMax) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static func reporting<Value>(
        _ path: String, _ byteCountMax: Int, _ body: () throws(RegularFileError) -> Value
    ) throws(CommandError) -> Value {
        do throws(RegularFileError) {
            return try body()
        } catch {
            switch error {
            case .tooLong: throw tooLarge(path, byteCountMax)
            case .folder: throw notRegular(path, "a folder")
            case .notRegular: throw notRegular(path, "not a regular file")
            case .system, .changed: throw unreadable(path, error.reason)
            }
        }
    }

    private static func notRegular(_ path: String, _ kind: String) -> CommandError {
        CommandError(
            code: "input_unreadable", reason: "\(path) is \(kind)", hint: "name a regular file, or - for stdin")
    }

    private static func unreadable(_ name: String) -> CommandError {
        unreadable(name, unsafe String(cString: strerror(errno)))
    }

    private static func unreadable(_ name: String, _ reason: String) -> CommandError {
        CommandError(
            code: "input_unreadable", reason: "\(name) cannot be read: \(reason)",
            hint: "check the path and its permissions")
    }

    private static func tooLarge(_ name: String, _ byteCountMax: Int) -> CommandError {
        CommandError(
            code: "input_too_large",
            reason: "\(name) holds more than \(byteCountMax) bytes",
            hint: "name a smaller file")
    }
}
