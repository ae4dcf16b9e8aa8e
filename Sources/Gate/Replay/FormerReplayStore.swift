import Glibc
import Platform
import Signing

/// The replay store of the previous software version, which is replaced by one of the present format when it is opened.
///
/// A header (magic, newest generation, two counts, scene names from byte 1024) and two tables of 2²² entries; a table
/// holds the entries of the generations of its parity, by the clock at their insertion.
enum FormerReplayStore {
    static let magic = Array("SPREPLY1".utf8)
    private static let headerByteCount = 4096
    private static let tableByteCount = ReplayEntry.byteCount << 22
    private static let blockByteCount = 64 << 10
    private static let sceneOffset = 1024
    /// `SEEK_DATA` of lseek(2), which the C library's module does not show.
    private static let seekData: Int32 = 3

    /// Replaces the file, which is locked, by one of the present format with all showings that it still knew.
    ///
    /// A crash leaves the old file or the new one.
    static func replace(_ former: ReplayFile, _ random: some RandomSource) throws(BundleError) {
        let scenes = try self.scenes(former)
        var buckets: [Int: ReplayBucket] = [:]
        for entry in try entries(former) {
            let isAdded = buckets[entry.bucket, default: ReplayBucket(emptyWithNumber: entry.bucket)].add(
                entry, at: nil)
            guard isAdded else { throw .full(replayStore: former.path) }
        }
        var temporary = Array("\(former.path).XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&temporary)
        guard descriptor >= 0 else { throw GateFile.unwritable(former.path) }
        defer { close(descriptor) }
        do throws(BundleError) {
            let new = ReplayFile(descriptor: descriptor, path: former.path)
            for (number, bucket) in buckets { try new.write(bucket, number) }
            try new.make(identifier: ReplayStore.newIdentifier(random), scenes: scenes)
            guard fsync(descriptor) == 0, unsafe rename(temporary, former.path) == 0 else {
                throw GateFile.unwritable(former.path)
            }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
    }

    private static func scenes(_ former: ReplayFile) throws(BundleError) -> [String] {
        let byteCount = ReplayStore.sceneNameByteCount
        let table = try former.read(ReplayStore.sceneCountMax * byteCount, at: sceneOffset)
        let names = stride(from: 0, to: table.count / byteCount * byteCount, by: byteCount).map { start in
            String(decoding: table[start..<start + byteCount].prefix { $0 != 0 }, as: UTF8.self)
        }
        return Array(names.prefix { !$0.isEmpty })
    }

    private static func entries(_ former: ReplayFile) throws(BundleError) -> [ReplayEntry] {
        let newest = LittleEndian.number(try former.read(8, at: 8)[...])
        var entries: [ReplayEntry] = []
        var offset = headerByteCount
        while true {
            let data = lseek(former.descriptor, offset, seekData)
            if data < 0 && errno == ENXIO { break }
            let start = data < 0 ? offset : max(offset, data / ReplayEntry.byteCount * ReplayEntry.byteCount)
            let block = try former.read(min(blockByteCount, headerByteCount + 2 * tableByteCount - start), at: start)
            guard !block.isEmpty else { break }
            for place in stride(from: 0, to: block.count / ReplayEntry.byteCount * ReplayEntry.byteCount, by: 16) {
                let entry = ReplayEntry(
                    LittleEndian.number(block[place..<place + 8]), LittleEndian.number(block[place + 8..<place + 16]))
                let isLive =
                    entry.generation == newest & ReplayEntry.generationMax
                    || entry.generation + 1 == newest & ReplayEntry.generationMax
                if entry.generation > 0, isLive { entries.append(entry.withOwnTime) }
            }
            offset = start + block.count
        }
        return entries
    }
}

extension ReplayEntry {
    /// The entry by the time of its showing instead of the clock at its insertion, where its number is a time.
    ///
    /// A timed code's number is its beginning, and its end can lie in the next generation.
    var withOwnTime: ReplayEntry {
        let own = Self.generation(at: UInt64(number))
        guard !isChain, number > 0, !(own...own + 1).contains(generation) else { return self }
        return ReplayEntry(cti: cti, number: number, scene: scene, isChain: false, generation: own)
    }
}
