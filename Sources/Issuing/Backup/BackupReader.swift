import Glibc
import Platform
import Signing

/// An encrypted backup that is open for reading, with one chunk in memory.
struct BackupReader: ~Copyable {
    private let file: RegularFile
    private let path: String
    private let stream: SealedStreamReader
    let manifest: BackupManifest
    /// The place of the manifest in the content, where the files end.
    private let filesEnd: UInt64

    /// Opens a backup, and checks its manifest.
    ///
    /// - Throws: `backup_unreadable`, also for a file that is cut short or was sealed to another key.
    init(_ path: String, openedBy key: ReceivingKey) throws(OperationError) {
        let file: RegularFile
        do throws(RegularFileError) {
            file = try RegularFile(path, byteCountMax: .max)
        } catch {
            throw Self.unreadable(path, error.reason)
        }
        let byteCount = UInt64(clamping: file.status.st_size)
        let start = Self.bytes(
            of: file.descriptor, in: 0..<min(byteCount, UInt64(SealedStream.headerByteCountMax)))
        guard let start, let stream = SealedStreamReader(start, fileByteCount: byteCount, openedBy: key) else {
            throw Self.unreadable(path, "it is no backup, it is cut short, or it was sealed to another recovery key")
        }
        let content = stream.contentByteCount
        guard content >= 8,
            let trailer = Self.content(of: file.descriptor, stream, in: content - 8..<content)
        else { throw Self.damaged(path) }
        let manifestCount = trailer.reduce(0) { $0 << 8 | UInt64($1) }
        guard manifestCount <= min(UInt64(BackupManifest.byteCountMax), content - 8) else { throw Self.damaged(path) }
        let end = content - 8 - manifestCount
        guard let bytes = Self.content(of: file.descriptor, stream, in: end..<content - 8),
            let manifest = BackupManifest(json: bytes)
        else { throw Self.damaged(path) }
        (self.stream, self.manifest, self.path, filesEnd) = (stream, manifest, path, end)
        self.file = file
    }

    /// Reads every file in order, and holds all of them to the manifest.
    ///
    /// - Parameter visit: gets each file's head, then its content piece by piece; nil ends the file.
    /// - Throws: `backup_unreadable` for any chunk, file or manifest that is not as it was written; the error of `visit`.
    func visit(_ visit: (BackupFileHead, [UInt8]?) throws -> Void) throws {
        var cursor = Cursor(descriptor: file.descriptor, stream: stream, end: filesEnd)
        var found = BackupManifest()
        var logDigests = Hasher(.sha256)
        while !cursor.isAtEnd {
            guard let head = cursor.head(), BackupFileHead.isAllowed(head.path) else { throw Self.damaged(path) }
            var hasher = Hasher(.sha256)
            var left = head.byteCount
            while left > 0 {
                guard let piece = cursor.next(upTo: left) else { throw Self.damaged(path) }
                hasher.update(piece)
                try visit(head, piece)
                left -= UInt64(piece.count)
            }
            let digest = hasher.finalize()
            guard cursor.bytes(digest.count) == digest else { throw Self.damaged(path) }
            try visit(head, nil)
            guard BackupFileHead.isOfLog(head.path) else {
                found.files.append(.init(path: head.path, byteCount: head.byteCount, digest: digest))
                continue
            }
            found.logFileCount += 1
            found.logByteCount += head.byteCount
            logDigests.update(digest)
        }
        guard found.files == manifest.files, found.logFileCount == manifest.logFileCount,
            found.logByteCount == manifest.logByteCount, logDigests.finalize() == manifest.logDigest,
            Set(found.files.map(\.path)).count == found.files.count
        else { throw Self.damaged(path) }
    }

    /// A place in the content, with the chunk that it lies in.
    private struct Cursor {
        let descriptor: Int32
        let stream: SealedStreamReader
        let end: UInt64
        private var position: UInt64 = 0
        private var chunk: (number: UInt64, bytes: [UInt8])?

        init(descriptor: Int32, stream: SealedStreamReader, end: UInt64) {
            (self.descriptor, self.stream, self.end) = (descriptor, stream, end)
        }

        var isAtEnd: Bool { position >= end }

        /// The next bytes, at most to the end of their chunk; nil at the end and for a chunk that does not open.
        mutating func next(upTo count: UInt64) -> [UInt8]? {
            guard count > 0, position < end else { return nil }
            let size = UInt64(SealedStream.chunkByteCount)
            let number = position / size
            if chunk?.number != number {
                guard let bytes = BackupReader.chunk(number, of: descriptor, stream) else { return nil }
                chunk = (number, bytes)
            }
            guard let bytes = chunk?.bytes else { return nil }
            let start = Int(position % size)
            let stop = min(bytes.count, start + Int(min(count, end - position, size)))
            guard start < stop else { return nil }
            position += UInt64(stop - start)
            return Array(bytes[start..<stop])
        }

        mutating func bytes(_ count: Int) -> [UInt8]? {
            var bytes: [UInt8] = []
            while bytes.count < count {
                guard let piece = next(upTo: UInt64(count - bytes.count)) else { return nil }
                bytes += piece
            }
            return bytes
        }

        mutating func head() -> BackupFileHead? {
            guard let count = number(2), (1...UInt64(BackupFileHead.pathByteCountMax)).contains(count),
                let path = bytes(Int(count)).flatMap({ String(validating: $0, as: UTF8.self) }),
                let mode = number(2), let byteCount = number(8), byteCount <= end - position
            else { return nil }
            return BackupFileHead(path: path, mode: UInt16(mode), byteCount: byteCount)
        }

        private mutating func number(_ count: Int) -> UInt64? {
            bytes(count)?.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private static func content(
        of descriptor: Int32, _ stream: SealedStreamReader, in range: Range<UInt64>
    ) -> [UInt8]? {
        let size = UInt64(SealedStream.chunkByteCount)
        var bytes: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            guard let chunk = chunk(position / size, of: descriptor, stream) else { return nil }
            let start = Int(position % size)
            let stop = min(chunk.count, start + Int(range.upperBound - position))
            guard start < stop else { return nil }
            bytes += chunk[start..<stop]
            position += UInt64(stop - start)
        }
        return bytes
    }

    private static func chunk(_ number: UInt64, of descriptor: Int32, _ stream: SealedStreamReader) -> [UInt8]? {
        bytes(of: descriptor, in: stream.range(of: number)).flatMap { stream.opened($0, number: number) }
    }

    private static func bytes(of descriptor: Int32, in range: Range<UInt64>) -> [UInt8]? {
        guard lseek(descriptor, off_t(range.lowerBound), SEEK_SET) >= 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: range.count)
        return WholeTransfer.read(descriptor, into: &bytes) == bytes.count ? bytes : nil
    }

    private static func damaged(_ path: String) -> OperationError {
        unreadable(path, "it is damaged, cut short or put together from several backups")
    }

    private static func unreadable(_ path: String, _ reason: String) -> OperationError {
        OperationError(
            code: .backupUnreadable, reason: "the backup \(path) cannot be used: \(reason)",
            hint: "use another copy of it, with the private half of its recovery key")
    }
}
