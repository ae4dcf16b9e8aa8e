import Encoding
import Glibc
import Platform
import Signing

/// Writes a backup's files into one sealed file, which has its name only once it is whole.
final class BackupWriter {
    private static let pieceByteCount = 1 << 20

    let path: String
    private let unfinished: String
    private let descriptor: Int32
    private let stream: SealedStreamWriter
    private var logDigests = Hasher(.sha256)
    private var isOpen = true
    var manifest = BackupManifest()

    /// Begins a backup.
    ///
    /// - Parameters:
    ///   - path: its final path, where nothing may exist.
    ///   - recipient: the recovery key.
    ///   - random: the source of the stream's key.
    /// - Throws: `backup_exists`, `output_unwritable`.
    init(at path: String, to recipient: ReceivingPublicKey, random: some RandomSource) throws {
        guard unsafe access(path, F_OK) != 0 else { throw Self.exists(path) }
        unfinished = path + ".unfinished"
        // A killed run may have left it.
        unsafe unlink(unfinished)
        stream = try SealedStreamWriter(to: recipient, random: random)
        descriptor = unsafe open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        self.path = path
        guard descriptor >= 0 else {
            isOpen = false
            throw unwritable()
        }
        try write(stream.header)
    }

    deinit {
        guard isOpen else { return }
        close(descriptor)
        unsafe unlink(unfinished)
    }

    /// Adds a file that is in memory.
    func add(_ bytes: [UInt8], at path: String, mode: UInt16) throws {
        try begin(path, mode: mode, byteCount: UInt64(bytes.count))
        try append(bytes)
        try end(path, byteCount: UInt64(bytes.count), digest: DigestAlgorithm.sha256.digest(bytes))
    }

    /// Adds a file from the disk piece by piece; it must not change meanwhile.
    func add(fileAt file: String, as path: String, mode: UInt16) throws {
        let opened: RegularFile
        do throws(RegularFileError) {
            opened = try RegularFile(file, byteCountMax: .max)
        } catch {
            throw unreadable(file, error.reason)
        }
        let byteCount = UInt64(clamping: opened.status.st_size)
        try begin(path, mode: mode, byteCount: byteCount)
        var hasher = Hasher(.sha256)
        var left = byteCount
        var piece = [UInt8](repeating: 0, count: Self.pieceByteCount)
        defer { SecretFile.wipe(&piece) }
        while left > 0 {
            let count = WholeTransfer.read(opened.descriptor, into: &piece)
            guard count > 0 else { break }
            let part = piece.prefix(Int(min(UInt64(count), left)))
            hasher.update(part)
            try append(part)
            left -= UInt64(part.count)
        }
        guard left == 0 else { throw unreadable(file, "it became shorter meanwhile") }
        try end(path, byteCount: byteCount, digest: hasher.finalize())
    }

    /// Adds the manifest, and gives the backup its name once all of it is on the disk.
    func finish() throws {
        manifest.logDigest = logDigests.finalize()
        let bytes = Array(manifest.json.encoded().utf8)
        try append(bytes + BackupFileHead.bytes(UInt64(bytes.count), 8))
        try write(stream.finish())
        guard fsync(descriptor) == 0 else { throw unwritable() }
        guard unsafe access(path, F_OK) != 0 else { throw Self.exists(path) }
        guard unsafe rename(unfinished, path) == 0 else { throw unwritable() }
        isOpen = false
        close(descriptor)
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard Folder.sync(parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent) else { throw unwritable() }
    }

    private func begin(_ path: String, mode: UInt16, byteCount: UInt64) throws {
        // No input reaches this: paths are this program's own, or of files in its own folder.
        guard BackupFileHead.isAllowed(path) else { throw unreadable(path, "a backup has no place for it") }
        try append(BackupFileHead(path: path, mode: mode, byteCount: byteCount).encoded)
    }

    private func end(_ path: String, byteCount: UInt64, digest: [UInt8]) throws {
        try append(digest)
        guard BackupFileHead.isOfLog(path) else {
            manifest.files.append(.init(path: path, byteCount: byteCount, digest: digest))
            return
        }
        manifest.logFileCount += 1
        manifest.logByteCount += byteCount
        logDigests.update(digest)
    }

    private func append(_ bytes: some Sequence<UInt8>) throws {
        try stream.append(bytes) { chunk throws(OperationError) in try write(chunk) }
    }

    private func write(_ bytes: [UInt8]) throws(OperationError) {
        guard WholeTransfer.write(bytes, to: descriptor) else { throw unwritable() }
    }

    private func unwritable() -> OperationError {
        OperationError(
            code: .outputUnwritable, reason: "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
            hint: "name a path on a disk with enough free space; nothing is left of this backup")
    }

    private func unreadable(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            code: .stateUnwritable, reason: "\(file) cannot be put into the backup: \(reason)",
            hint: "check the installation's folder, then run the command again")
    }

    private static func exists(_ path: String) -> OperationError {
        OperationError(
            code: .backupExists, reason: "\(path) exists already", hint: "name a new file; no backup is overwritten")
    }
}
