import Encoding
import Gate
import Storage
import Synchronization
import TraceLog

extension IssuingService {
    /// The time between two readings of what takes long to read.
    private static let slowReadingSeconds: UInt64 = 60
    /// A disk that will be full within so many days is warned of.
    private static let warningDays: Double = 7

    /// What the last look found, with what is known without one.
    package var standing: ServiceStanding {
        var standing = lookedAt.withLock { $0.standing }
        standing.isPublisher = database.lease.map { $0.term != nil } ?? true
        standing.isBeatUp = beatHealth.obstacle(in: state.path) == nil
        standing.isWriteUp = [writeHealth, leaseHealth].allSatisfy { $0.obstacle(in: state.path) == nil }
        standing.epochKeyBegunAt = epochs.ring.current.begunAt
        standing.quorums = witnessQuorums
        return standing
    }

    /// Looks at the registry, the logs and the disks; a daemon does it every few seconds.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    func look(at now: UInt64) {
        var (standing, last) = lookedAt.withLock { ($0.standing, $0.slowAt) }
        let isSlowDue = last == 0 || now >= last + Self.slowReadingSeconds || now < last
        do {
            standing.logs = try [log, acts.log].map { log in
                let known = standing.logs.first { $0.name == log.name.folder }
                return try self.standing(of: log, after: known, at: now)
            }
            if isSlowDue {
                standing.registryByteCount = try database.read { try $0.storedByteCount() }
                standing.keyEnds = try keyEnds()
            }
            standing.isStorageUp = true
        } catch {
            standing.isStorageUp = !OperationError(any: error).isOfRegistry
        }
        standing.disks = diskFolders.compactMap { place, folder in
            guard let room = DiskRoom(of: folder) else { return nil }
            var disk = standing.disks.first { $0.place == place } ?? ServiceStanding.Disk(place: place)
            disk.trend.note(room, at: now)
            return disk
        }
        lookedAt.withLock { $0 = LookedAt(standing: standing, slowAt: isSlowDue ? now : last) }
    }

    private func standing(
        of log: InstallationLog, after known: ServiceStanding.Log?, at now: UInt64
    ) throws -> ServiceStanding.Log {
        var standing = known ?? ServiceStanding.Log(name: log.name.folder)
        // Entries that come meanwhile are in a later checkpoint.
        let count = try log.store.count()
        guard let size = try log.publishedCheckpoint()?.checkpoint.size else { return standing }
        if let before = standing.size, before < size {
            standing.publishedByteCount += try log.store.publishedByteCount(before..<size)
        }
        standing.size = size
        if size >= count { standing.currentAt = now }
        return standing
    }

    private var diskFolders: [(place: String, folder: String)] {
        let logs = settings.tiles.location == nil ? [log, acts.log].map(\.name) : []
        return [("state", state.path)] + logs.map { ($0.folder, state.folder(of: $0)) }
            + (settings.publish.map { [("publish", $0)] } ?? [])
    }

    private func keyEnds() throws -> [(name: String, end: UInt64)] {
        let document = try InstallationRoots(state).chain?.newest
        let keys = try database.read { try $0.issuerKeys() }.filter { $0.status == .active }
        let bundleKey = document?.bundleKeys.map(\.expiresAt).max()
        let documents = [("root_document", document?.expiresAt), ("bundle", bundleKey)].compactMap { name, end in
            end.map { (name, $0) }
        }
        let ends = keys.compactMap { key in
            KeyRole.allCases.first { $0.uses == key.uses }.map { ($0.rawValue, key.expiresAt) }
        }
        return documents + ends
    }

    private var witnessQuorums: [(log: String, isMet: Bool)] {
        [log, acts.log].compactMap { log in
            log.witnesses.withLock { $0 }.map { (log.name.folder, $0.isQuorumUp) }
        }
    }

    /// The disks that will be full within a week, at the pace of the last day.
    var diskWarnings: [EndWarning] {
        lookedAt.withLock { $0.standing.disks }.compactMap { disk in
            guard let days = disk.trend.fullInDays, days < Self.warningDays else { return nil }
            return EndWarning(
                code: "disk_fills", reason: "the disk of `\(disk.place)` will be full in about \(Int(days)) days",
                hint: "give it more room; `suishen capacity` shows how much a day takes")
        }
    }

    /// The bytes of the registry, and each disk's room and trend; a process that has not looked yet looks now.
    func capacity(at now: UInt64) -> JSONValue {
        if lookedAt.withLock({ $0.slowAt == 0 }) { look(at: now) }
        let standing = lookedAt.withLock { $0.standing }
        func whole(_ number: UInt64?) -> JSONValue { number.map { .integer(Int64(clamping: $0)) } ?? .null }
        return [
            "registryBytes": whole(standing.registryByteCount),
            "disks": .array(
                standing.disks.map { disk in
                    [
                        "place": .string(disk.place), "freeBytes": whole(disk.trend.room?.freeByteCount),
                        "totalBytes": whole(disk.trend.room?.byteCount),
                        "bytesADay": disk.trend.bytesADay.map { .integer($0) } ?? .null,
                        "fullInDays": disk.trend.fullInDays.map { .integer(Int64(min($0, 1_000_000))) } ?? .null,
                    ]
                }),
        ]
    }
}

/// The last look, and when it read what takes long to read.
struct LookedAt: Sendable {
    var standing = ServiceStanding()
    var slowAt: UInt64 = 0
}

extension OperationError {
    /// Whether the registry could not be read.
    fileprivate var isOfRegistry: Bool {
        StorageError.Code(rawValue: code).map { $0 == .storageUnavailable || $0 == .registryCorrupt } ?? false
    }
}
