import Glibc
import Platform
package import Signing
import Synchronization

/// The accepted showings, in one file that survives restarts and that several processes share.
///
/// A hash table of pages with 255 entries of 16 bytes. An entry holds the whole key, so no showing is ever taken for
/// another. It lives by the showing's own time: no clock decides whether a showing is known, and an entry is forgotten
/// only when its page is full and the entry is over. A page full of fresh entries refuses to answer, and the gate
/// stays closed.
package final class ReplayStore: Sendable {
    /// The seconds of a generation; an accepted showing stays for a whole one at least, longer than its life in any
    /// scene.
    package static let windowSeconds: UInt64 = 256
    package static let bucketCount = 1 << 14
    /// The most entries of the file.
    package static let entryCountMax = bucketCount * ReplayBucket.slotCount
    static let sceneCountMax = 96
    static let sceneNameByteCount = 32
    /// How often a store is opened again that another process replaced while it took over the former format.
    private static let openCountMax = 8

    /// Distinguishes this store from any other at the same path.
    package let identifier: [UInt8]
    private let file: LockedFile
    let pages: ReplayFile
    private let path: String
    /// Whether time is given instead of read from the clock, so that nothing may be forgotten.
    private let isTimeGiven: Bool
    /// Whether the disk has a showing before it counts as remembered.
    private let isSynced: Bool
    /// The highest number of changes that this process has seen in the file.
    private let newestChangeCount = Mutex<UInt64>(0)
    /// The scenes of the header, in their order; scenes are only ever added.
    private let knownScenes: Mutex<[String]>

    /// Opens a store, or makes it if the file does not exist.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - identifier: the identifier of the store that a gate used at this path before; nil for a gate's first start.
    ///   - isTimeGiven: whether time is given instead of read from the clock, so that nothing may be forgotten.
    ///   - isSynced: whether the disk has a showing before it counts as remembered.
    ///   - random: makes the identifier of a new store.
    /// - Throws: `bundle_unreadable` if the file is not a replay store, was damaged or exchanged, or cannot be written.
    package convenience init(
        path: String, expecting identifier: [UInt8]? = nil, isTimeGiven: Bool = false, isSynced: Bool = false,
        random: some RandomSource = SystemRandom()
    ) throws(BundleError) {
        try self.init(
            path: path, flags: identifier == nil ? O_RDWR | O_CREAT : O_RDWR, expecting: identifier, isTimeGiven,
            isSynced, random)
    }

    /// Opens an existing store, so that a misspelt name does not make an empty one.
    ///
    /// Throws `bundle_unreadable` as the other initializer does, and if the file does not exist.
    package convenience init(existing path: String) throws(BundleError) {
        try self.init(path: path, flags: O_RDWR, expecting: nil, false, false, SystemRandom())
    }

    private init(
        path: String, flags: Int32, expecting expected: [UInt8]?, _ isTimeGiven: Bool, _ isSynced: Bool,
        _ random: some RandomSource
    ) throws(BundleError) {
        var openCount = 0
        while true {
            openCount += 1
            let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                if errno == ENOENT, expected != nil { throw .damaged(replayStore: path, "the file is gone") }
                throw flags & O_CREAT == 0 ? .unopened(replayStore: path) : GateFile.unwritable(path)
            }
            let file = LockedFile(descriptor, at: path)
            let pages = ReplayFile(descriptor: descriptor, path: path)
            var isReplaced = false
            let found: (identifier: [UInt8], scenes: [String])?
            do throws(BundleError) {
                found = try file.exclusively(
                    failure: { error in
                        isReplaced = error == .displaced
                        return Self.unlocked(path, error)
                    }, { () throws(BundleError) in try Self.header(of: pages, expecting: expected, random) })
            } catch {
                guard isReplaced, openCount < Self.openCountMax else { throw error }
                continue
            }
            guard let found else { continue }
            (self.file, self.pages, self.path) = (file, pages, path)
            (self.isTimeGiven, self.isSynced) = (isTimeGiven, isSynced)
            identifier = found.identifier
            knownScenes = Mutex(found.scenes)
            return
        }
    }

    /// Reads the header of an open store, or makes a new store of a file without one.
    ///
    /// - Returns: identifier and scenes; nil if the store had the former format, and a new file is now at its path.
    private static func header(
        of pages: ReplayFile, expecting expected: [UInt8]?, _ random: some RandomSource
    ) throws(BundleError) -> (identifier: [UInt8], scenes: [String])? {
        var status = stat()
        guard unsafe fstat(pages.descriptor, &status) == 0 else { throw GateFile.unreadable(pages.path) }
        guard GateFile.isOwn(status) else {
            throw .unusable(replayStore: pages.path, "other users can write it and erase showings")
        }
        if expected == nil, try pages.read(FormerReplayStore.magic.count, at: 0) == FormerReplayStore.magic {
            try FormerReplayStore.replace(pages, random)
            return nil
        }
        if let found = try pages.header() {
            if let expected, found.identifier != expected {
                throw .damaged(replayStore: pages.path, "it is not the store that this gate used before")
            }
            _ = try pages.changeCount(identifier: found.identifier)
            return found
        }
        guard expected == nil else { throw .damaged(replayStore: pages.path, "it is empty") }
        let identifier = try newIdentifier(random)
        try pages.make(identifier: identifier)
        return (identifier, [])
    }

    static func newIdentifier(_ random: some RandomSource) throws(BundleError) -> [UInt8] {
        do throws(SigningError) {
            return try random.bytes(ReplayFile.identifierByteCount)
        } catch {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
    }

    /// Remembers all showings of one scan, or none if one of them was accepted before.
    ///
    /// - Parameters:
    ///   - keys: the showings.
    ///   - scene: a showing counts once in each scene.
    ///   - now: seconds since 1970-01-01T00:00:00Z; the time of codes that bear none, and what may be forgotten.
    /// - Returns: the showings that were accepted before, or that a later showing of their credential used up.
    /// - Throws: `status_unknown` if the store is full, `bundle_unreadable` if the file fails or was damaged.
    package func insert(
        _ keys: Set<ReplayKey>, scene: String, at now: UInt64
    ) throws(BundleError) -> Set<ReplayKey> {
        try exclusively { () throws(BundleError) in
            let sceneNumber = try number(of: scene)
            var shown: Set<ReplayKey> = keys.filter { key in keys.contains { key.isEarlier(than: $0) } }
            var buckets: [Int: ReplayBucket] = [:]
            let entries = keys.map { ($0, ReplayEntry(key: $0, scene: sceneNumber, at: now)) }
            for (key, entry) in entries {
                if buckets[entry.bucket] == nil { buckets[entry.bucket] = try pages.bucket(entry.bucket) }
                if buckets[entry.bucket]?.usesUp(entry) != false { shown.insert(key) }
            }
            guard shown.isEmpty else { return shown }
            let generation = isTimeGiven ? nil : ReplayEntry.generation(at: now)
            for (_, entry) in entries where buckets[entry.bucket]?.add(entry, at: generation) != true {
                throw .full(replayStore: path)
            }
            for (number, bucket) in buckets { try pages.write(bucket, number) }
            try setChangeCount(changeCount() &+ 1)
            if isSynced { try pages.sync() }
            return []
        }
    }

    /// Remembers one showing, as ``insert(_:scene:at:)`` does for several; false if it was accepted before.
    package func insert(_ key: ReplayKey, scene: String, at now: UInt64) throws(BundleError) -> Bool {
        try insert([key], scene: scene, at: now).isEmpty
    }

    /// Makes room for a scene's showings before the first one, so that other gates' showings of it can be taken.
    package func serve(scene: String) throws(BundleError) {
        guard !knownScenes.withLock({ $0.contains(scene) }) else { return }
        try exclusively { () throws(BundleError) in _ = try number(of: scene) }
    }

    /// A number that changes whenever a showing is added.
    func mark() throws(BundleError) -> UInt64 {
        try exclusively { () throws(BundleError) in try changeCount() }
    }

    /// All remembered showings that can be fresh at a time, in seconds since 1970-01-01T00:00:00Z.
    package func snapshot(at now: UInt64) throws(BundleError) -> ReplaySnapshot {
        try exclusively { () throws(BundleError) in
            let generation = ReplayEntry.generation(at: now)
            var entries: [ReplayEntry] = []
            var next = 0
            while let number = pages.nextBucket(from: next) {
                entries += try pages.bucket(number).entries.filter {
                    !$0.isOver(at: generation) && !$0.isAhead(of: generation)
                }
                next = number + 1
            }
            return ReplaySnapshot(generation: generation, scenes: try scenes(), entries: entries)
        }
    }

    func scenes() throws(BundleError) -> [String] {
        try pages.header()?.scenes ?? []
    }

    /// The number of a scene, which gets a place in the header if it has none.
    func number(of scene: String) throws(BundleError) -> UInt8 {
        if let index = knownScenes.withLock({ $0.firstIndex(of: scene) }) { return UInt8(index) }
        var names = try scenes()
        if !names.contains(scene) {
            let isName = !scene.isEmpty && scene.utf8.count <= Self.sceneNameByteCount && !scene.utf8.contains(0)
            guard names.count < Self.sceneCountMax, isName else { throw .noRoom(for: scene, replayStore: path) }
            names.append(scene)
            try pages.writeHeader(identifier: identifier, scenes: names)
        }
        knownScenes.withLock { $0 = names }
        return UInt8(names.firstIndex(of: scene) ?? 0)
    }

    /// Runs a change under the lock; it returns the number of showings that it added, or throws before it writes any.
    func change(_ body: () throws(BundleError) -> Int) throws(BundleError) -> Int {
        try exclusively { () throws(BundleError) in
            let addedCount = try body()
            if addedCount > 0 { try setChangeCount(changeCount() &+ 1) }
            return addedCount
        }
    }

    /// The number of changes of the file.
    ///
    /// - Throws: `bundle_unreadable` if the file was cut short, or if it is an older copy than this process has seen.
    private func changeCount() throws(BundleError) -> UInt64 {
        let count = try pages.changeCount(identifier: identifier)
        let isOlder = newestChangeCount.withLock { newest in
            defer { newest = max(newest, count) }
            return count < newest
        }
        guard !isOlder else { throw .damaged(replayStore: path, "an older copy was written over it") }
        return count
    }

    private func setChangeCount(_ count: UInt64) throws(BundleError) {
        try pages.setChangeCount(count)
        newestChangeCount.withLock { $0 = max($0, count) }
    }

    /// Runs `body` under the lock, after a check that the file is whole.
    func exclusively<Value>(_ body: () throws(BundleError) -> Value) throws(BundleError) -> Value {
        try file.exclusively(failure: { Self.unlocked(path, $0) }) { () throws(BundleError) in
            _ = try changeCount()
            return try body()
        }
    }

    private static func unlocked(_ path: String, _ error: LockedFileError) -> BundleError {
        error == .displaced ? .unusable(replayStore: path, error.reason) : GateFile.unlocked(path, error)
    }
}
