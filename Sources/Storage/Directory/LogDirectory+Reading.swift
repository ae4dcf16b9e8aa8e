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
        guard let bytes = try opened(name, { (file) throws(RegularFileError) in try file.bytes() }) else { return nil }
        guard !bytes.isEmpty else { throw Self.unreadable(name, "it is empty") }
        return bytes
    }

    package func exists(_ name: String) throws(LogError) -> Bool {
        guard let byteCount = try opened(name, { (file) throws(RegularFileError) in file.byteCount }) else {
            return false
        }
        guard byteCount > 0 else { throw Self.unreadable(name, "it is empty") }
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

    /// Runs `body` with a file; nil when there is no file of that name.
    private func opened<Value>(
        _ name: String, _ body: (borrowing RegularFile) throws(RegularFileError) -> Value
    ) throws(LogError) -> Value? {
        do throws(RegularFileError) {
            return try body(RegularFile(path + "/" + name, byteCountMax: Self.fileByteCountMax))
        } catch {
            switch error {
            case .system(ENOENT): return nil
            case .system(EMFILE), .system(ENFILE), .system(ENOMEM): throw Self.exhausted(name, error.reason)
            default: throw Self.unreadable(name, error.reason)
            }
        }
    }

    private static func unreadable(_ name: String, _ reason: String) -> LogError {
        .unreadable("\(name) of the published log cannot be read: \(reason)")
    }

    private static func exhausted(_ name: String, _ cause: String) -> LogError {
        LogError(
            code: .logUnwritable, reason: "\(name) of the published log cannot be opened now: \(cause)",
            hint: "raise the limit of open files, or end processes that hold many; the log then goes on by itself")
    }
}
