import Glibc
import Platform

/// A generation that is being written; its folder becomes `generations/N` when it is complete, or is removed.
struct GenerationDraft: ~Copyable {
    static let prefix = ".unfinished-"

    let path: String
    private let generations: String
    private var isKept = false

    /// Makes an empty draft in the folder of generations.
    init(in generations: String) throws(SyncError) {
        path = try Self.make(in: generations)
        self.generations = generations
    }

    private static func make(in generations: String) throws(SyncError) -> String {
        var template = Array("\(generations)/\(prefix)XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SyncFolder.unwritable(generations) }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let status = "\(path)/\(BundleExport.statusFolder)"
        // mkdtemp(3) makes a folder that nobody else enters, but the gate may be another user.
        guard unsafe chmod(path, 0o755) == 0, unsafe mkdir(status, 0o755) == 0, unsafe chmod(status, 0o755) == 0 else {
            let refusal = SyncFolder.unwritable(path)
            Folder.remove(path)
            throw refusal
        }
        return path
    }

    deinit {
        if !isKept { Folder.remove(path) }
    }

    /// Makes the folder of the gate's sealed keys, unless it is there.
    func makeKeysFolder() throws(SyncError) {
        let keys = "\(path)/\(SealedEpochKeys.folder)"
        guard unsafe mkdir(keys, 0o755) == 0 || errno == EEXIST, unsafe chmod(keys, 0o755) == 0 else {
            throw SyncFolder.unwritable(keys)
        }
    }

    /// Removes a file.
    func remove(_ name: String) throws(SyncError) {
        guard unsafe unlink("\(path)/\(name)") == 0 else { throw SyncFolder.unwritable("\(path)/\(name)") }
    }

    /// Writes a file that is not there yet, and brings it to the disk.
    func write(_ bytes: [UInt8], to name: String) throws(SyncError) {
        let target = "\(path)/\(name)"
        let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SyncFolder.unwritable(target) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o644) == 0, WholeTransfer.write(bytes, to: descriptor), fsync(descriptor) == 0 else {
            throw SyncFolder.unwritable(target)
        }
    }

    /// Shares a file with another generation, since no generation's file is ever changed.
    ///
    /// - Returns: false where the system does not allow it.
    func link(_ source: String, to name: String) -> Bool {
        unsafe Glibc.link(source, "\(path)/\(name)") == 0
    }

    /// Gives the complete draft its number.
    ///
    /// - Throws: `folder_unwritable`, and removes the draft.
    consuming func finish(as number: UInt64) throws(SyncError) {
        let target = "\(generations)/\(number)"
        let keys = "\(path)/\(SealedEpochKeys.folder)"
        guard Folder.sync("\(path)/\(BundleExport.statusFolder)"),
            unsafe access(keys, F_OK) != 0 || Folder.sync(keys), Folder.sync(path),
            unsafe rename(path, target) == 0, Folder.sync(generations)
        else { throw SyncFolder.unwritable(target) }
        isKept = true
    }
}
