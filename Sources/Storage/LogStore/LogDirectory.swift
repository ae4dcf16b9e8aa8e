import CLinux
import Foundation
import Glibc
package import TraceLog
import Platform

/// The published log's folder, in which every file appears whole under its name or not at all.
package struct LogDirectory: Sendable {
    static let temporarySuffix = ".tmp"
    package static let checkpointName = "checkpoint"

    package let path: String
    let faults: FaultInjection

    package init(path: String, faults: @escaping FaultInjection = { _ in }) {
        self.path = path
        self.faults = faults
    }

    /// Writes a file: temporary file, sync, rename, sync of the folder.
    func write(_ bytes: [UInt8], to name: String) throws(LogError) {
        try place(bytes, at: name)
        guard Folder.sync(((path + "/" + name) as NSString).deletingLastPathComponent) else {
            throw Self.unwritable(name)
        }
    }

    /// Writes one of several files: temporary file, sync, rename.
    ///
    /// The file's name survives a power failure only after ``syncFolders(above:)``; one call is enough for all files.
    func place(_ bytes: [UInt8], at name: String) throws(LogError) {
        let target = path + "/" + name
        let folder = (target as NSString).deletingLastPathComponent
        let temporary = target + Self.temporarySuffix
        guard Self.makeFolders(folder) else { throw Self.unwritable(name) }
        let descriptor = unsafe open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else { throw Self.unwritable(name) }
        var isWritten = WholeTransfer.write(bytes, to: descriptor)
        isWritten = isWritten && fsync(descriptor) == 0
        close(descriptor)
        faults(.fileWritten)
        guard isWritten, unsafe rename(temporary, target) == 0 else { throw Self.unwritable(name) }
        faults(.fileRenamed)
    }

    /// Makes a folder of many files, which appears whole under its name or not at all; it replaces an earlier folder.
    func makeFolder<Value>(
        _ name: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
    ) throws -> Value {
        let temporary = name + Self.temporarySuffix
        remove(name)
        let value = try fill { file, bytes throws(LogError) in try writeUnsynced(bytes, to: "\(temporary)/\(file)") }
        guard syncFileSystem(), unsafe rename("\(path)/\(temporary)", "\(path)/\(name)") == 0 else {
            throw Self.unwritable(name)
        }
        try syncFolders(above: [name])
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

    /// Syncs the log's whole file system; one such sync costs less than thousands of file syncs.
    private func syncFileSystem() -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return syncfs(descriptor) == 0
    }

    /// Syncs every folder from the files' folders up to the log's folder once; some of them may be new.
    func syncFolders(above names: [String]) throws(LogError) {
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

    /// Reads a tile that must exist.
    ///
    /// - Throws: `log_unreadable`.
    package func read(_ tile: TilePath) throws(LogError) -> [UInt8] {
        guard let bytes = try read(tile.path) else { throw .missing(tile.path) }
        return bytes
    }

    /// Reads a tile or bundle; for a partial one that is full by now, it cuts the full one.
    ///
    /// - Returns: nil when the file does not exist.
    /// - Throws: `log_unreadable`; `malformed_bundle` when the stored bundle is cut short.
    package func published(_ tile: TilePath) throws -> [UInt8]? {
        if let bytes = try read(tile.path) { return bytes }
        guard tile.isPartial, let bytes = try read(TilePath(kind: tile.kind, index: tile.index).path) else {
            return nil
        }
        switch tile.kind {
        case .hashes: return Array(bytes.prefix(tile.width * MerkleHash.byteCount))
        case .entries:
            let bundle = try EntryBundle(bytes: bytes, width: TilePath.fullWidth)
            return Array(bytes.prefix(bundle.ranges[tile.width - 1].upperBound))
        }
    }

    /// Removes temporary files and folders that a crash left, and returns their names.
    func discardTemporaryFiles() -> [String] {
        var discarded: [String] = []
        let names = FileManager.default.enumerator(atPath: path)
        while let name = names?.nextObject() as? String {
            guard name.hasSuffix(Self.temporarySuffix) else { continue }
            names?.skipDescendants()
            if (try? FileManager.default.removeItem(atPath: path + "/" + name)) != nil { discarded.append(name) }
        }
        return discarded.sorted()
    }

    /// Removes the partial forms of a tile that is full now; readers then get the full tile.
    func removePartials(of tile: TilePath) {
        try? FileManager.default.removeItem(atPath: path + "/" + tile.path + ".p")
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/" + name)
    }

    /// The names in a folder; empty when the folder does not exist.
    func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
    }

    /// Removes a folder; a reader finds the whole folder or nothing.
    func remove(_ folder: String) {
        let doomed = path + "/" + folder + Self.temporarySuffix
        try? FileManager.default.removeItem(atPath: doomed)
        guard unsafe rename(path + "/" + folder, doomed) == 0 else { return }
        try? FileManager.default.removeItem(atPath: doomed)
    }

    /// Makes a folder and its parents; no other user may write to them, whatever the umask.
    private static func makeFolders(_ folder: String) -> Bool {
        func make() -> Bool { unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST }
        if make() { return true }
        let parent = (folder as NSString).deletingLastPathComponent
        guard errno == ENOENT, !parent.isEmpty else { return false }
        return makeFolders(parent) && make()
    }

    private static func unwritable(_ name: String) -> LogError {
        LogError(
            code: .logUnwritable, reason: "\(name) of the log could not be written to the disk (errno \(errno))",
            hint: "check the disk and the owner of the log's folder, then start again")
    }
}
