import Foundation
import Glibc
import Platform
import TraceLog

extension LogDirectory {
    /// The most bytes of a published file; the longest file is a bundle of 256 entries.
    private static let fileByteCountMax = EntryBundle.byteCountMax

    /// Reads a whole published file; it never waits for a pipe or a device at the file's path.
    ///
    /// - Parameter name: the file's path in the log's folder.
    /// - Returns: nil when there is no file of that name.
    /// - Throws: `log_unreadable` for a file that is not regular, is empty, or cannot be read; `log_unwritable` while
    ///   the system has too many open files, which passes.
    package func read(_ name: String) throws(LogError) -> [UInt8]? {
        guard let (descriptor, byteCount) = try opened(name) else { return nil }
        defer { close(descriptor) }
        return try Self.read(descriptor, byteCount: byteCount, of: name)
    }

    package func exists(_ name: String) throws(LogError) -> Bool {
        guard let (descriptor, _) = try opened(name) else { return false }
        close(descriptor)
        return true
    }

    package func list(_ folder: String) throws(LogError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return []
        } catch {
            throw Self.unreadable(folder, "the folder cannot be listed")
        }
    }

    /// Opens a file; the caller closes it.
    private func opened(_ name: String) throws(LogError) -> (descriptor: Int32, byteCount: Int)? {
        let descriptor = unsafe open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case EMFILE, ENFILE, ENOMEM: throw Self.exhausted(name)
            default: throw Self.unreadable(name, Self.systemReason)
            }
        }
        do throws(LogError) {
            return (descriptor, try Self.byteCount(descriptor, of: name))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func byteCount(_ descriptor: Int32, of name: String) throws(LogError) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(name, systemReason) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(name, "it is not a regular file") }
        guard status.st_size > 0 else { throw unreadable(name, "it is empty") }
        guard status.st_size <= fileByteCountMax else {
            throw unreadable(name, "it has more than \(fileByteCountMax) bytes")
        }
        return Int(status.st_size)
    }

    private static func read(_ descriptor: Int32, byteCount: Int, of name: String) throws(LogError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        errno = 0
        let filled = WholeTransfer.read(descriptor, into: &bytes)
        guard filled == byteCount else {
            throw unreadable(name, errno == 0 ? "it became shorter while it was read" : systemReason)
        }
        return bytes
    }

    private static var systemReason: String { unsafe String(cString: strerror(errno)) }

    private static func unreadable(_ name: String, _ reason: String) -> LogError {
        .unreadable("\(name) of the published log cannot be read: \(reason)")
    }

    private static func exhausted(_ name: String) -> LogError {
        LogError(
            code: .logUnwritable, reason: "\(name) of the published log cannot be opened now: \(systemReason)",
            hint: "raise the limit of open files, or end processes that hold many; the log then goes on by itself")
    }
}
