import Foundation
import Gate
import Glibc
import Platform
import Storage

/// A folder of published files, and the errors for unusable files.
struct PublishedFolder {
    let path: String

    /// A log's files: in a folder as an installation has it, or the trace log's beside the bundle; nil without any.
    func tiles(of log: LogName) -> LogDirectory? {
        let places = ["\(path)/\(log.folder)"] + (log == .trace ? [path] : [])
        return places.first { unsafe access($0 + "/tile", F_OK) == 0 }.map { LogDirectory(path: $0) }
    }

    /// Reads a file; nil when it does not exist.
    ///
    /// - Throws: `published_unreadable`, also for a file that is too long or is not a regular file.
    func read(_ name: String, byteCountMax: Int) throws(OperationError) -> [UInt8]? {
        do throws(RegularFileError) {
            return try RegularFile.read("\(path)/\(name)", byteCountMax: byteCountMax)
        } catch {
            if error.isAbsence { return nil }
            throw unreadable(name, error.reason)
        }
    }

    /// The names of the status lists in the folder.
    func listNames() -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(BundleExport.statusFolder)")
        return (names ?? []).compactMap { BundleExport.listName(of: "\(BundleExport.statusFolder)/\($0)") }
    }

    func missing(_ what: String, _ name: String) -> OperationError {
        OperationError(
            code: OperationError.Code(rawValue: "published_\(what)_missing") ?? .publishedUnreadable,
            reason: "\(path) has no \(name)",
            hint: "put the newest published one there; gates and auditors have it")
    }

    func foreign(_ what: String, _ reason: String) -> OperationError {
        OperationError(
            code: OperationError.Code(rawValue: "published_\(what)_foreign") ?? .publishedUnreadable,
            reason: "the published \(what) \(reason)",
            hint: "use the file that this installation published; its gates and auditors have it")
    }

    func old(_ what: String, _ reason: String) -> OperationError {
        OperationError(
            code: OperationError.Code(rawValue: "published_\(what)_old") ?? .publishedUnreadable,
            reason: reason,
            hint: "use the newest one that left the installation; gates and auditors have it")
    }

    func unreadable(_ name: String, _ reason: String) -> OperationError {
        OperationError(
            code: .publishedUnreadable, reason: "\(path)/\(name) cannot be read: \(reason)",
            hint: "check the path, its permissions and its content")
    }
}
