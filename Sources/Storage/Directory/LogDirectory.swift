import CLinux
import Foundation
import Glibc
import Platform
import TraceLog

/// The published log's folder, in which every file appears whole under its name or not at all.
package struct LogDirectory: TileStore {
    static let temporarySuffix = ".tmp"

    package let path: String
    let faults: FaultInjection

    package init(path: String, faults: @escaping FaultInjection = { _ in }) {
        self.path = path
        self.faults = faults
    }

    /// Writes one file: temporary file, sync, rename; ``sync(_:)`` then makes many files' names durable at once.
    package func writeOnce(_ bytes: [UInt8], at name: String) throws(LogError) {
        let temporary = try writeTemporary(bytes, for: name)
        guard unsafe suishen_rename_new(temporary, path + "/" + name) == 0 else {
            guard errno == EEXIST else { throw Self.unwritable(name) }
            _ = unsafe unlink(temporary)
            guard try read(name) == bytes else { throw .occupied(name) }
            return
        }
        faults(.fileRenamed)
    }

    package func replace(
        _ bytes: [UInt8], at name: String, expecting expected: [UInt8]?
    ) throws(LogError) -> Bool {
        guard try read(name) == expected else { return false }
        let temporary = try writeTemporary(bytes, for: name)
        guard unsafe rename(temporary, path + "/" + name) == 0 else { throw Self.unwritable(name) }
        faults(.fileRenamed)
        try sync([name])
        return true
    }

    /// Writes a file under its temporary name and syncs it.
    ///
    /// - Returns: the temporary file's path.
    func writeTemporary(_ bytes: [UInt8], for name: String) throws(LogError) -> String {
        let target = path + "/" + name
        let temporary = target + Self.temporarySuffix
        guard Self.makeFolders((target as NSString).deletingLastPathComponent) else { throw Self.unwritable(name) }
        let descriptor = unsafe open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else { throw Self.unwritable(name) }
        var isWritten = WholeTransfer.write(bytes, to: descriptor)
        isWritten = isWritten && fsync(descriptor) == 0
        close(descriptor)
        faults(.fileWritten)
        guard isWritten else { throw Self.unwritable(name) }
        return temporary
    }

    /// Syncs every folder from the files' folders up to the log's folder once; some of them may be new.
    package func sync(_ names: [String]) throws(LogError) {
        var synced: Set<String> = []
        for name in names {
            var folder = name as NSString
            repeat {
                folder = folder.deletingLastPathComponent as NSString
                guard synced.insert(folder as String).inserted else { break }
                guard Folder.sync(path + "/" + (folder as String)) else { throw Self.unwritable(name) }
            } while folder.length > 0
        }
    }

    /// Makes a folder of many files, which appears whole under its name or not at all.
    package func writeFolder<Value>(
        _ name: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
    ) throws -> Value {
        let temporary = name + Self.temporarySuffix
        remove(name)
        try? FileManager.default.removeItem(atPath: path + "/" + temporary)
        let value = try fill { file, bytes throws(LogError) in try writeUnsynced(bytes, to: "\(temporary)/\(file)") }
        guard Folder.syncFileSystem(of: path), unsafe rename("\(path)/\(temporary)", "\(path)/\(name)") == 0 else {
            throw Self.unwritable(name)
        }
        try sync([name])
        return value
    }

    private func writeUnsynced(_ bytes: [UInt8], to name: String) throws(LogError) {
        let target = path + "/" + name
        var descriptor = unsafe open(target, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        if descriptor < 0, errno == ENOENT {
            let folder = (target as NSString).deletingLastPathComponent
            _ = Self.makeFolders(folder)
            descriptor = unsafe open(target, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        }
        guard descriptor >= 0 else { throw Self.unwritable(name) }
        defer { close(descriptor) }
        guard WholeTransfer.write(bytes, to: descriptor) else { throw Self.unwritable(name) }
    }

    /// Removes a folder; a reader finds the whole folder or nothing.
    package func remove(_ folder: String) {
        let doomed = path + "/" + folder + Self.temporarySuffix
        if unsafe rename(path + "/" + folder, doomed) != 0 {
            // Only the remains of an earlier removal are in the way of a rename; usually there is nothing to remove.
            guard errno == ENOTEMPTY || errno == EEXIST else { return }
            try? FileManager.default.removeItem(atPath: doomed)
            guard unsafe rename(path + "/" + folder, doomed) == 0 else { return }
        }
        try? FileManager.default.removeItem(atPath: doomed)
    }

    /// Removes temporary files and folders that a crash left, and returns their names.
    package func discardUnfinished() -> [String] {
        var discarded: [String] = []
        let names = FileManager.default.enumerator(atPath: path)
        while let name = names?.nextObject() as? String {
            guard name.hasSuffix(Self.temporarySuffix) else {
                // A set appeared whole; a year of sets has millions of files.
                if (name as NSString).deletingLastPathComponent == IssuedStatement.folder { names?.skipDescendants() }
                continue
            }
            names?.skipDescendants()
            if (try? FileManager.default.removeItem(atPath: path + "/" + name)) != nil { discarded.append(name) }
        }
        return discarded.sorted()
    }

    /// Makes a folder and its parents; no other user may write to them, whatever the umask.
    static func makeFolders(_ folder: String) -> Bool {
        func make() -> Bool { unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST }
        if make() { return true }
        let parent = (folder as NSString).deletingLastPathComponent
        guard errno == ENOENT, !parent.isEmpty else { return false }
        return makeFolders(parent) && make()
    }

    static func unwritable(_ name: String) -> LogError {
        LogError(
            code: .logUnwritable, reason: "\(name) of the log could not be written to the disk (errno \(errno))",
            hint: "check the disk and the owner of the log's folder, then start again")
    }
}
