import Encoding
import Glibc
import Platform

/// The layout of a replay store's file: a header, the buckets, and an end mark.
///
/// The file has its full length from the start and is sparse. It is read and written, not mapped, so that a full disk
/// gives an error and not a signal. Header and end mark bear the store's identifier, so a file that was cut short is
/// recognised, also when it was made longer again.
struct ReplayFile: Sendable {
    static let magic = Array("SPREPLY2".utf8)
    static let headerByteCount = 4096
    static let identifierByteCount = 16
    static let byteCount = headerByteCount + (ReplayStore.bucketCount + 1) * ReplayBucket.byteCount

    private static let checksumOffset = 32
    private static let scenesOffset = 1024
    /// The end mark, number of changes and identifier, takes the file's last bytes: a cut takes of the identifier first.
    private static let markOffset = byteCount - identifierByteCount - 8
    /// `SEEK_DATA` of lseek(2), which the C library's module does not show.
    private static let seekData: Int32 = 3

    let descriptor: Int32
    let path: String

    /// Writes the header and the end mark of a new store; the header comes last, so that a crash leaves an empty one.
    func make(identifier: [UInt8], scenes: [String] = []) throws(BundleError) {
        guard ftruncate(descriptor, Self.byteCount) == 0 else { throw GateFile.unwritable(path) }
        try write(LittleEndian.bytes(0) + identifier, at: Self.markOffset)
        try writeHeader(identifier: identifier, scenes: scenes)
    }

    /// Reads the header.
    ///
    /// - Returns: identifier and scenes; nil for a file that was never made.
    /// - Throws: `bundle_unreadable` if the file was damaged, or is no replay store.
    func header() throws(BundleError) -> (identifier: [UInt8], scenes: [String])? {
        let header = try read(Self.headerByteCount, at: 0)
        guard header.contains(where: { $0 != 0 }) else { return nil }
        guard header.starts(with: Self.magic) else {
            throw .unusable(replayStore: path, "it does not begin like a replay store")
        }
        let checksum = LittleEndian.number(header[Self.checksumOffset..<Self.checksumOffset + 8])
        let byteCount = LittleEndian.number(header[24..<32])
        guard header.count == Self.headerByteCount, checksum == Self.checksum(header), byteCount == Self.byteCount
        else {
            throw .damaged(replayStore: path, "its header was altered")
        }
        let table = header[Self.scenesOffset..<Self.scenesOffset + ReplayStore.sceneCountMax * Self.nameByteCount]
        let names = stride(from: table.startIndex, to: table.endIndex, by: Self.nameByteCount).map { start in
            String(decoding: table[start..<start + Self.nameByteCount].prefix { $0 != 0 }, as: UTF8.self)
        }
        return (Array(header[8..<24]), Array(names.prefix { !$0.isEmpty }))
    }

    func writeHeader(identifier: [UInt8], scenes: [String]) throws(BundleError) {
        var header = Self.magic + identifier + LittleEndian.bytes(UInt64(Self.byteCount))
        header += [UInt8](repeating: 0, count: Self.headerByteCount - header.count)
        for (index, name) in scenes.enumerated() {
            let start = Self.scenesOffset + index * Self.nameByteCount
            header.replaceSubrange(start..<start + name.utf8.count, with: name.utf8)
        }
        let checksum = LittleEndian.bytes(Self.checksum(header))
        header.replaceSubrange(Self.checksumOffset..<Self.checksumOffset + 8, with: checksum)
        try write(header, at: 0)
    }

    /// Reads the number of changes from the end mark.
    ///
    /// Throws `bundle_unreadable` if the file was cut short: its end no longer bears the store's identifier.
    func changeCount(identifier: [UInt8]) throws(BundleError) -> UInt64 {
        let mark = try read(Self.identifierByteCount + 8, at: Self.markOffset)
        guard mark.count == 8 + Self.identifierByteCount, mark.dropFirst(8).elementsEqual(identifier) else {
            throw .damaged(replayStore: path, "it was cut short")
        }
        return LittleEndian.number(mark[..<8])
    }

    func setChangeCount(_ count: UInt64) throws(BundleError) {
        try write(LittleEndian.bytes(count), at: Self.markOffset)
    }

    /// Waits until the disk has every change.
    func sync() throws(BundleError) {
        guard fdatasync(descriptor) == 0 else { throw GateFile.unwritable(path) }
    }

    func bucket(_ number: Int) throws(BundleError) -> ReplayBucket {
        let bytes = try read(ReplayBucket.byteCount, at: Self.offset(number))
        guard let bucket = ReplayBucket(bytes, number: number) else {
            throw .damaged(replayStore: path, "page \(number) was altered")
        }
        return bucket
    }

    func write(_ bucket: ReplayBucket, _ number: Int) throws(BundleError) {
        try write(bucket.encoded(), at: Self.offset(number))
    }

    /// The number of the next bucket that was ever written; skipping holes keeps reading short, since gates wait.
    func nextBucket(from number: Int) -> Int? {
        guard number < ReplayStore.bucketCount else { return nil }
        let data = lseek(descriptor, Self.offset(number), Self.seekData)
        if data < 0 { return errno == ENXIO ? nil : number }
        let next = max(number, (data - Self.headerByteCount) / ReplayBucket.byteCount)
        return next < ReplayStore.bucketCount ? next : nil
    }

    /// Reads bytes; fewer only at the file's end.
    func read(_ byteCount: Int, at offset: Int) throws(BundleError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard count >= 0 else { throw GateFile.unreadable(path) }
        bytes.removeLast(byteCount - count)
        return bytes
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(BundleError) {
        let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset) }
        guard count == bytes.count else { throw GateFile.unwritable(path) }
    }

    private static let nameByteCount = ReplayStore.sceneNameByteCount

    private static func offset(_ bucket: Int) -> Int { headerByteCount + bucket * ReplayBucket.byteCount }

    /// The checksum of a header with zeros in the checksum's place.
    private static func checksum(_ header: [UInt8]) -> UInt64 {
        var words = stride(from: 0, to: header.count / 8 * 8, by: 8).map { LittleEndian.number(header[$0..<$0 + 8]) }
        if words.count > checksumOffset / 8 { words[checksumOffset / 8] = 0 }
        return ReplayBucket.checksum(words, from: 0)
    }
}
