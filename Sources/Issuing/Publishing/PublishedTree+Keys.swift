import Gate
import Glibc
import Platform
import Storage

extension PublishedTree {
    private var keysFolder: String { "\(path)/\(SealedEpochKeys.folder)" }

    /// The gates that have a file of sealed keys, in the order of their identifiers.
    ///
    /// What an interrupted run left unfinished is removed.
    ///
    /// - Throws: `output_unwritable` for a folder that another user could change.
    func keyedGates() throws(OperationError) -> [GateIdentifier] {
        try Self.check(keysFolder)
        var gates: [GateIdentifier] = []
        for name in Folder.names(in: keysFolder) {
            if name.hasPrefix(Self.unfinishedPrefix) { unsafe unlink("\(keysFolder)/\(name)") }
            if let gate = GateIdentifier(name) { gates.append(gate) }
        }
        return gates
    }

    /// Where a gate's sealed keys lie.
    func keysPath(of gate: GateIdentifier) -> String { "\(path)/\(SealedEpochKeys.path(of: gate))" }

    /// Replaces many gates' files, each in one step; all of them are on the disk before the first one is in its place.
    ///
    /// One flush of the file system serves them all: a thousand single ones would each wait for the disk.
    ///
    /// - Throws: `output_unwritable`; some of the files may then be replaced.
    func writeKeys(_ files: [BundleExport.File]) throws(OperationError) {
        guard !files.isEmpty else { return }
        try Self.check(keysFolder)
        try Self.makeFolder(keysFolder)
        var unfinished: [(temporary: String, target: String)] = []
        defer { for file in unfinished { unsafe unlink(file.temporary) } }
        for file in files {
            let target = "\(path)/\(file.path)"
            guard SealedEpochKeys.gate(ofPath: file.path) != nil else {
                throw Self.unwritable(target, "it is no file of sealed keys")
            }
            unfinished.append((try unfinishedKeys(file.bytes), target))
        }
        guard Folder.syncFileSystem(of: keysFolder) else { throw Self.unwritable(keysFolder) }
        while let file = unfinished.last {
            guard unsafe rename(file.temporary, file.target) == 0 else { throw Self.unwritable(file.target) }
            unfinished.removeLast()
        }
        guard Folder.sync(keysFolder) else { throw Self.unwritable(keysFolder) }
    }

    /// Removes a gate's file.
    func removeKeys(of gate: GateIdentifier) throws(OperationError) {
        let target = keysPath(of: gate)
        guard unsafe unlink(target) == 0 || errno == ENOENT else { throw Self.unwritable(target) }
    }

    private func unfinishedKeys(_ bytes: [UInt8]) throws(OperationError) -> String {
        var template = Array("\(keysFolder)/\(Self.unfinishedPrefix)XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw Self.unwritable(keysFolder) }
        defer { close(descriptor) }
        let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard fchmod(descriptor, 0o644) == 0, WholeTransfer.write(bytes, to: descriptor),
            unsafe futimens(descriptor, Self.times(of: bytes)) == 0
        else {
            let error = Self.unwritable(temporary)
            unsafe unlink(temporary)
            throw error
        }
        return temporary
    }
}
