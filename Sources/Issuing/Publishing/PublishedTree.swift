import Gate
import Glibc
import Platform
import Signing

/// The folder of files that web servers and caches hand out to gates; only one process writes to it at a time.
///
/// Every file is replaced as a whole by a rename, and a file whose content stays is not touched. Nothing secret is ever
/// written here.
package final class PublishedTree: Sendable {
    static let rootsName = "roots.cbor"
    /// The beginning of the names of unfinished files, which no web server hands out.
    static let unfinishedPrefix = ".unfinished-"
    private static let rootsByteCountMax = 1 << 20

    package let path: String
    private let lock: LockedFile
    private let reader: TreeReader

    /// Makes the folder if it does not exist, locks it, and removes what an interrupted run left unfinished.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - reader: keeps the lists that an earlier look has read.
    /// - Throws: `output_unwritable`, also for a folder or link that another user could change; `output_busy`.
    init(_ path: String, reader: TreeReader) throws(OperationError) {
        self.path = path
        self.reader = reader
        try Self.check(path)
        try Self.makeFolder(path)
        guard let lock = LockedFile(folder: path, followsLink: false) else { throw Self.unwritable(path) }
        self.lock = lock
        do throws(LockedFileError) {
            try lock.lock(timeoutMilliseconds: 0)
        } catch {
            guard error == .busy else { throw Self.unwritable(path, error.reason) }
            throw OperationError(
                code: .outputBusy, reason: "another program is writing to \(path)",
                hint: "publish again once the other one has ended")
        }
        try Self.check(statusFolder)
        try Self.makeFolder(statusFolder)
        for folder in [path, statusFolder] {
            for name in Folder.names(in: folder) where name.hasPrefix(Self.unfinishedPrefix) {
                unsafe unlink("\(folder)/\(name)")
            }
        }
    }

    /// Refuses a folder that could not be published to, and changes nothing.
    ///
    /// - Throws: `output_unwritable`.
    static func checkPlace(_ path: String) throws(OperationError) {
        try check(path)
        let isThere = unsafe access(path, F_OK) == 0
        let parent = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        guard unsafe access(isThere ? path : parent + "/", W_OK | X_OK) == 0 else { throw unwritable(path) }
    }

    var statusFolder: String { "\(path)/\(BundleExport.statusFolder)" }

    /// What the folder holds now; files that cannot be read count as missing, and are replaced.
    func content() -> TreeContent { reader.content(of: path) }

    /// Whether a file would be published: nothing else may ever be written to the folder.
    static func isPublic(_ name: String) -> Bool {
        [BundleExport.bundleName, BundleExport.rootName, rootsName, BundleExport.hotListPath].contains(name)
            || BundleExport.listName(of: name).map { !$0.isEmpty && !$0.contains("/") && !$0.hasPrefix(".") } == true
            || SealedEpochKeys.gate(ofPath: name) != nil
    }

    /// Replaces a file in one step that survives a power cut, unless it has these bytes already.
    ///
    /// - Returns: whether the file was replaced.
    /// - Throws: `output_unwritable`.
    func write(_ bytes: [UInt8], to name: String) throws(OperationError) -> Bool {
        let target = "\(path)/\(name)"
        guard Self.isPublic(name) else { throw Self.unwritable(target, "it is no file of a published tree") }
        try Self.check(target)
        if holds(bytes, at: target) { return false }
        let folder = name.hasPrefix(BundleExport.statusFolder + "/") ? statusFolder : path
        var temporary = Array("\(folder)/\(Self.unfinishedPrefix)XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&temporary)
        guard descriptor >= 0 else { throw Self.unwritable(target) }
        let isComplete =
            unsafe fchmod(descriptor, 0o644) == 0 && WholeTransfer.write(bytes, to: descriptor)
            && futimens(descriptor, Self.times(of: bytes)) == 0 && fsync(descriptor) == 0
        let failure = isComplete ? nil : Self.unwritable(target)
        close(descriptor)
        guard failure == nil, unsafe rename(temporary, target) == 0, Folder.sync(folder) else {
            let error = failure ?? Self.unwritable(target)
            unsafe unlink(temporary)
            throw error
        }
        return true
    }

    /// Writes the root's public key where there is none yet.
    ///
    /// - Returns: whether it was written.
    /// - Throws: `root_differs` for another key: a gate trusts its first root, and nobody may replace it unnoticed.
    func writeRoot(_ pem: [UInt8]) throws(OperationError) -> Bool {
        let target = "\(path)/\(BundleExport.rootName)"
        try Self.check(target)
        guard unsafe access(target, F_OK) == 0 else { return try write(pem, to: BundleExport.rootName) }
        guard holds(pem, at: target) else {
            throw OperationError(
                code: .rootDiffers, reason: "\(target) holds another root key",
                hint: "publish to a new folder; gates of the old root must be told of the new one first")
        }
        return false
    }

    /// Copies the chain of root documents, where the installation has one.
    ///
    /// - Returns: whether the copy was replaced.
    func copyRoots(from source: String) throws(OperationError) -> Bool {
        let bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try RegularFile.read(source, byteCountMax: Self.rootsByteCountMax)
        } catch {
            if error.isAbsence { return false }
            throw OperationError(
                code: .stateUnwritable, reason: "\(source) cannot be read: \(error.reason)",
                hint: "check the file and its permissions")
        }
        return try write(bytes, to: Self.rootsName)
    }

    /// Removes lists that no bundle names any more.
    func removeList(_ name: String) throws(OperationError) {
        let target = "\(statusFolder)/\(name).cwt"
        try Self.check(target)
        guard unsafe unlink(target) == 0 || errno == ENOENT else { throw Self.unwritable(target) }
    }

    /// A file's times: seconds from the SHA-256 of its bytes, between 1987 and 2021, and no date.
    ///
    /// nginx makes a file's ETag of this time and the size, so that the ETag follows the content: it changes with the
    /// content within one second too, and is the same for copies of the tree.
    static func times(of bytes: [UInt8]) -> [timespec] {
        let number = DigestAlgorithm.sha256.digest(bytes).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let time = timespec(tv_sec: (1 << 29) + number % (1 << 30), tv_nsec: 0)
        return [time, time]
    }

    /// Sets a file's times from its bytes where they are others; true once they are right.
    static func setTimes(of path: String, holding bytes: [UInt8]) -> Bool {
        let times = times(of: bytes)
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe status.st_mtim.tv_sec == times[1].tv_sec
            || utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Whether a file has the times that belong to its bytes, as every file that a publication wrote.
    static func hasTimes(of path: String, holding bytes: [UInt8]) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mtim.tv_sec == times(of: bytes)[1].tv_sec
    }

    /// Whether a file has these bytes and the mode; a time that was changed since is set again.
    private func holds(_ bytes: [UInt8], at target: String) -> Bool {
        guard let file = try? RegularFile(target, byteCountMax: bytes.count, followsLink: false),
            file.byteCount == bytes.count, file.status.st_mode & 0o777 == 0o644
        else { return false }
        return (try? file.bytes()) == bytes && Self.setTimes(of: target, holding: bytes)
    }

    static func makeFolder(_ path: String) throws(OperationError) {
        guard unsafe mkdir(path, 0o755) == 0 else {
            guard errno == EEXIST else { throw unwritable(path) }
            return
        }
        // Whatever the umask: web servers run as another user.
        guard unsafe chmod(path, 0o755) == 0 else { throw unwritable(path) }
    }

    /// Refuses a symbolic link, and a folder or file that another user can change or exchange.
    static func check(_ path: String) throws(OperationError) {
        do throws(UntrustedEntry) {
            try TrustedUsers.own.check(path, followsLink: false)
        } catch {
            throw OperationError(code: .outputUnwritable, reason: error.reason, hint: error.hint)
        }
    }

    static func unwritable(_ path: String) -> OperationError {
        unwritable(path, unsafe String(cString: strerror(errno)))
    }

    static func unwritable(_ path: String, _ reason: String) -> OperationError {
        OperationError(
            code: .outputUnwritable, reason: "\(path) cannot be written: \(reason)",
            hint: "name a folder whose parent exists, that this user owns and nobody else may write to")
    }
}
