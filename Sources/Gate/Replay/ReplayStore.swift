import Encoding
import Glibc
import Platform

/// The accepted showings, in one file that survives restarts and that several processes share.
///
/// The file is a header and two generations of a hash table with entries of 16 bytes. A generation lasts
/// `windowSeconds`, so an entry stays for at least one whole window and is forgotten within two. An entry holds the
/// whole key, so the false-positive rate is 0. The file is sparse: 64 MiB a generation at most, a few pages at an
/// ordinary gate. It is read and written, not mapped, so that a full disk gives an error and not a signal. A full
/// store refuses to answer, and the gate stays closed.
package final class ReplayStore: Sendable {
    /// The least time that a showing is remembered; longer than its life in any scene.
    package static let windowSeconds: UInt64 = 256
    /// Slots of one generation; 7/8 of them may be filled.
    package static let slotCount = 1 << 22

    private static let magic = Array("SPREPLY1".utf8)
    private static let headerByteCount = 4096
    private static let entryByteCount = ReplayEntry.byteCount
    /// The bytes of one read when the whole store is read.
    private static let blockByteCount = 64 << 10
    /// `SEEK_DATA` of lseek(2), which the C library's module does not show.
    private static let seekData: Int32 = 3
    private static let probeEntryCount = 16
    private static let probeCountMax = 256
    static let sceneCountMax = 96
    static let sceneNameByteCount = 32

    private let file: LockedFile
    private let path: String
    private var descriptor: Int32 { file.descriptor }

    /// Opens a store, or makes it if the file does not exist.
    ///
    /// Throws `bundle_unreadable` if the file is not a replay store or cannot be written.
    package convenience init(path: String) throws(BundleError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw GateFile.unwritable(path) }
        try self.init(descriptor, path: path)
    }

    /// Opens an existing store, so that a misspelt name does not make an empty one.
    ///
    /// Throws `bundle_unreadable` as ``init(path:)``, and if the file does not exist.
    package convenience init(existing path: String) throws(BundleError) {
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unopened(replayStore: path) }
        try self.init(descriptor, path: path)
    }

    private init(_ descriptor: Int32, path: String) throws(BundleError) {
        file = LockedFile(descriptor, at: path)
        self.path = path
        try exclusively { () throws(BundleError) in
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { throw GateFile.unreadable(path) }
            guard GateFile.isOwn(status) else {
                throw .unusable(replayStore: path, "other users can write it and erase showings")
            }
            if status.st_size == 0 {
                var header = Self.magic
                header += [UInt8](repeating: 0, count: Self.headerByteCount - header.count)
                try write(header, at: 0)
            } else if try read(Self.magic.count, at: 0) != Self.magic {
                throw .unusable(replayStore: path, "it does not begin like a replay store")
            }
        }
    }

    /// Remembers all showings of one scan, or none if one of them was accepted before.
    ///
    /// - Parameters:
    ///   - keys: the showings.
    ///   - scene: a showing counts once in each scene.
    ///   - now: seconds since 1970-01-01T00:00:00Z; decides which entries are forgotten.
    /// - Returns: the showings that were accepted before, or that a later slot of their chain used up.
    /// - Throws: `status_unknown` if the store is full, `bundle_unreadable` if the file fails.
    package func insert(
        _ keys: Set<ReplayKey>, scene: String, at now: UInt64
    ) throws(BundleError) -> Set<ReplayKey> {
        try exclusively { () throws(BundleError) in
            let sceneNumber = try number(of: scene)
            let generation = try advance(to: Self.generation(at: now))
            var shown: Set<ReplayKey> = []
            for key in keys where try isUsedUp(ReplayEntry(key: key, scene: sceneNumber), by: generation) {
                shown.insert(key)
            }
            guard shown.isEmpty else { return shown }
            for key in keys { try add(ReplayEntry(key: key, scene: sceneNumber), to: generation) }
            return []
        }
    }

    /// Remembers one showing, as ``insert(_:scene:at:)`` does for several; false if it was accepted before.
    package func insert(_ key: ReplayKey, scene: String, at now: UInt64) throws(BundleError) -> Bool {
        try insert([key], scene: scene, at: now).isEmpty
    }

    /// Adds all showings that another gate's store remembers.
    ///
    /// - Parameters:
    ///   - other: the other gate's store.
    ///   - now: the time of this gate's clock.
    /// - Returns: the number of showings that were new to this store.
    /// - Throws: as ``insert(_:scene:at:)``.
    package func merge(_ other: ReplayStore, at now: UInt64) throws(BundleError) -> Int {
        try other.path == path ? 0 : merge(other.snapshot(), at: now)
    }

    /// Adds the showings of a snapshot, as ``merge(_:at:)`` does for a store.
    ///
    /// It forgets only entries that are old by both gates' clocks. A showing ahead of this gate's clock counts as seen
    /// now, so that a gate whose clock is ahead cannot make another gate forget.
    package func merge(_ snapshot: ReplaySnapshot, at now: UInt64) throws(BundleError) -> Int {
        try exclusively { () throws(BundleError) in
            let mine = try advance(to: min(snapshot.generation, Self.generation(at: now)))
            var added = 0
            for (entry, from) in snapshot.entries where from >= mine || mine - from == 1 {
                guard Int(entry.scene) < snapshot.scenes.count else { continue }
                let entry = ReplayEntry(
                    cti: entry.cti, number: entry.number, scene: try number(of: snapshot.scenes[Int(entry.scene)]),
                    isChain: entry.isChain)
                if try isUsedUp(entry, by: mine) { continue }
                try add(entry, to: min(from, mine))
                added += 1
            }
            return added
        }
    }

    /// Header bytes that change whenever an entry is added or forgotten.
    func mark() throws(BundleError) -> [UInt8] {
        try exclusively { () throws(BundleError) in try read(24, at: 8) }
    }

    /// All showings that the store remembers now.
    package func snapshot() throws(BundleError) -> ReplaySnapshot {
        try exclusively { () throws(BundleError) in
            let generation = try currentGeneration()
            var entries: [(ReplayEntry, UInt64)] = []
            for candidate in [generation &- 1, generation] where candidate > 0 && candidate <= generation {
                for entry in try self.entries(of: candidate) { entries.append((entry, candidate)) }
            }
            return ReplaySnapshot(generation: generation, scenes: try scenes(), entries: entries)
        }
    }

    private func exclusively<Value>(
        _ body: () throws(BundleError) -> Value
    ) throws(BundleError) -> Value {
        try file.exclusively(
            failure: { error in
                error == .displaced
                    ? .unusable(replayStore: path, error.reason) : GateFile.unlocked(path, error)
            }, body)
    }

    private static func generation(at now: UInt64) -> UInt64 { now / windowSeconds + 1 }

    /// Reads the current generation from the header.
    ///
    /// Header: magic, current generation, entry counts of the even and the odd generation; from byte 1024, scene names.
    private func currentGeneration() throws(BundleError) -> UInt64 {
        LittleEndian.number(try read(8, at: 8)[...])
    }

    /// Moves on to the generation `wanted`, never back: a clock that was set back must not restore forgotten entries.
    private func advance(to wanted: UInt64) throws(BundleError) -> UInt64 {
        let current = try currentGeneration()
        guard wanted > current else { return current }
        var counts = [LittleEndian.number(try read(8, at: 16)[...]), LittleEndian.number(try read(8, at: 24)[...])]
        counts[Int(wanted % 2)] = 0
        if wanted > current + 1 { counts[Int((wanted + 1) % 2)] = 0 }
        try write(LittleEndian.bytes(wanted) + LittleEndian.bytes(counts[0]) + LittleEndian.bytes(counts[1]), at: 8)
        return wanted
    }

    private func add(_ entry: ReplayEntry, to generation: UInt64) throws(BundleError) {
        let countOffset = 16 + Int(generation % 2) * 8
        let count = LittleEndian.number(try read(8, at: countOffset)[...])
        guard count < UInt64(Self.slotCount / 8 * 7), let slot = try firstFree(entry, in: generation) else {
            throw .full(replayStore: path)
        }
        try write(entry.bytes(generation: generation), at: Self.offset(slot, generation))
        try write(LittleEndian.bytes(count + 1), at: countOffset)
    }

    /// Whether an entry of `generation` or of the one before it uses up `entry`.
    private func isUsedUp(_ entry: ReplayEntry, by generation: UInt64) throws(BundleError) -> Bool {
        for candidate in [generation - 1, generation] {
            let answer = try probe(entry, candidate) { found, _ in
                guard ReplayEntry.isLive(found, candidate) else { return false }
                return entry.isUsedUp(by: found) ? true : nil
            }
            if answer == true { return true }
        }
        return false
    }

    private func firstFree(_ entry: ReplayEntry, in generation: UInt64) throws(BundleError) -> Int? {
        try probe(entry, generation) { found, slot in ReplayEntry.isLive(found, generation) ? nil : slot }
    }

    /// Visits the slots that may hold an entry, until `visit` returns an answer.
    private func probe<Answer>(
        _ entry: ReplayEntry, _ generation: UInt64, _ visit: (ArraySlice<UInt8>, Int) -> Answer?
    ) throws(BundleError) -> Answer? {
        var slot = entry.home / Self.probeEntryCount * Self.probeEntryCount
        for _ in 0..<Self.probeCountMax {
            let block = try read(Self.probeEntryCount * Self.entryByteCount, at: Self.offset(slot, generation))
            for index in 0..<Self.probeEntryCount {
                let start = index * Self.entryByteCount
                if let answer = visit(block[start..<start + Self.entryByteCount], slot + index) { return answer }
            }
            slot = (slot + Self.probeEntryCount) % Self.slotCount
        }
        return nil
    }

    private func entries(of generation: UInt64) throws(BundleError) -> [ReplayEntry] {
        var entries: [ReplayEntry] = []
        var offset = Self.offset(0, generation)
        let end = offset + Self.slotCount * Self.entryByteCount
        while let data = nextData(from: offset), data < end {
            let block = try read(min(Self.blockByteCount, end - data), at: data)
            for start in stride(from: 0, to: block.count, by: Self.entryByteCount) {
                let bytes = block[start..<start + Self.entryByteCount]
                if ReplayEntry.isLive(bytes, generation) { entries.append(ReplayEntry(bytes)) }
            }
            offset = data + block.count
        }
        return entries
    }

    /// The offset of the next written bytes; skipping holes keeps reading short, since other gates wait meanwhile.
    private func nextData(from offset: Int) -> Int? {
        let data = lseek(descriptor, offset, Self.seekData)
        if data < 0 { return errno == ENXIO ? nil : offset }
        return max(offset, data / Self.entryByteCount * Self.entryByteCount)
    }

    private static func offset(_ slot: Int, _ generation: UInt64) -> Int {
        headerByteCount + (Int(generation % 2) * slotCount + slot) * entryByteCount
    }

    private func scenes() throws(BundleError) -> [String] {
        let table = try read(Self.sceneCountMax * Self.sceneNameByteCount, at: 1024)
        return stride(from: 0, to: table.count, by: Self.sceneNameByteCount).map { start in
            String(decoding: table[start..<start + Self.sceneNameByteCount].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private func number(of scene: String) throws(BundleError) -> UInt8 {
        let names = try scenes()
        if let index = names.firstIndex(of: scene) { return UInt8(index) }
        let name = Array(scene.utf8)
        guard let index = names.firstIndex(of: ""), !name.isEmpty, name.count <= Self.sceneNameByteCount else {
            throw .noRoom(for: scene, replayStore: path)
        }
        try write(name, at: 1024 + index * Self.sceneNameByteCount)
        return UInt8(index)
    }

    /// Reads bytes; bytes beyond the file's end are zero, as in a sparse file.
    private func read(_ byteCount: Int, at offset: Int) throws(BundleError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
        guard count >= 0 else { throw GateFile.unreadable(path) }
        return bytes
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(BundleError) {
        let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset) }
        guard count == bytes.count else { throw GateFile.unwritable(path) }
    }
}
