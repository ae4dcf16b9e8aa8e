import Signing
import Storage
import Synchronization

/// Begins a new epoch key each week, wraps the fields' keys by it, and destroys the old one a week later.
///
/// Every step may be cut off anywhere. A key is durable in its place before any field needs it, and it is destroyed only
/// when no row needs it. So no field loses its key, and the next pass does the rest.
///
/// Of several daemons one keeps the keys, and every other one follows: ``follow(_:)``.
final class EpochKeeper: Sendable {
    let ring: EpochKeyRing
    private let place: any EpochPlace
    private let copies: EpochCopies?
    private let random: any RandomSource
    /// The current key's number after a pass that found every field under it.
    private let settled = Mutex<UInt32>(0)
    /// Ends the process at a step, for crash tests.
    private let observer: EpochObserver

    init(
        _ opened: OpenedEpochs, copies: EpochCopies?, random: any RandomSource,
        observer: @escaping EpochObserver = { _ in }
    ) {
        (ring, place, self.copies) = (opened.ring, opened.place, copies)
        (self.random, self.observer) = (random, observer)
    }

    /// Does what is due at a time.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - registry: the rules of the registry.
    ///   - database: the open registry.
    /// - Returns: whether wrapped keys were overwritten, so that the write-ahead log should be emptied.
    /// - Throws: `epoch_keys_unwritable`, or an error of the registry; a later call goes on.
    func keep(at now: UInt64, registry: Registry, in database: any RegistryStore) async throws -> Bool {
        try follow(database)
        if isDue(at: now) { try await begin(at: now, in: database) }
        let isAnyRewrapped = try await rewrap(registry, in: database)
        try await destroy(at: now, in: database)
        return isAnyRewrapped
    }

    /// Takes the keys that the registry records, and lets go of those that it records as destroyed.
    ///
    /// - Parameter database: the open registry.
    /// - Throws: `storage_unavailable` for a key that cannot be read yet; `epoch_keys_unwritable`, or an error of the
    ///   registry; a later call goes on.
    func follow(_ database: any RegistryStore) throws {
        let records = try database.read { try $0.epochKeys() }
        if let newest = records.filter({ $0.status == .live }).map(\.number).max() { try ring.follow(to: newest) }
        let destroyed = records.filter { $0.status == .destroyed }
        try copies?.destroy(destroyed)
        if !destroyed.isEmpty { observer(.copyDestroyed) }
        for key in ring.keys where destroyed.contains(where: { $0.number == key.number && $0.mark == key.mark }) {
            try place.destroy(key.number)
            observer(.destroyed)
            ring.remove(key.number)
        }
        if let copies { for key in ring.keys { try copies.add(key) } }
    }

    /// Whether the current key is a week old, or was begun by a clock that was more than a week ahead.
    private func isDue(at now: UInt64) -> Bool {
        let begunAt = ring.current.begunAt
        return now >= begunAt ? now - begunAt >= FieldEpochKey.seconds : begunAt - now > FieldEpochKey.seconds
    }

    private func begin(at now: UInt64, in database: any RegistryStore) async throws {
        let (number, isLast) = ring.current.number.addingReportingOverflow(1)
        guard !isLast else { throw StorageError.corruptRow("the number of an epoch key") }
        var key = try FieldEpochKey.make(number: number, at: now, random: random)
        // A copy of a key that no field needs does no harm; a field whose key has no copy would be lost with the disk.
        try copies?.add(key)
        observer(.copied)
        let placed = try place.add(key)
        if placed != key {
            // Another daemon has begun this epoch, and was cut off before the registry recorded it.
            try copies?.destroy([EpochKeyRecord(number: key.number, mark: key.mark, status: .destroyed)])
            try copies?.add(placed)
            key = placed
        }
        observer(.begun)
        try await database.write { [key] in try Registry.noteEpochKeys([key], in: $0) }
        observer(.noted)
        ring.add(key)
    }

    /// Wraps every field's key by the current epoch key, some fields at a time.
    private func rewrap(_ registry: Registry, in database: any RegistryStore) async throws -> Bool {
        let current = ring.current.number
        guard settled.withLock({ $0 < current }) else { return false }
        var isAnyRewrapped = false
        if ring.keys.count > 1 {
            for kind in SealedField.Kind.allCases {
                var place: SealedField.Place?
                repeat {
                    let page = try database.read { try registry.rewrappedFields(kind, after: place, in: $0) }
                    if !page.changes.isEmpty {
                        let changes = page.changes
                        try await database.write { database in
                            // A field that was changed or erased meanwhile is as it should be.
                            for change in changes { _ = try database.replace(change.field, by: change.sealed) }
                        }
                        observer(.rewrapped)
                        isAnyRewrapped = true
                    }
                    place = page.next
                    try Task.checkCancellation()
                } while place != nil
            }
        }
        settled.withLock { $0 = max($0, current) }
        return isAnyRewrapped
    }

    private func destroy(at now: UInt64, in database: any RegistryStore) async throws {
        for key in ring.keys.dropLast() {
            let isOver = ring.keys.contains { next in
                next.number > key.number && next.begunAt <= now && now - next.begunAt >= FieldEpochKey.seconds
            }
            guard isOver else { continue }
            // No write that began after the next key was recorded is under this one: see `EpochKeyRing`. Writes that
            // began before it are done once this one is.
            try await database.write { _ in }
            guard try !database.read({ try $0.hasSealedField(under: key.number) }) else { continue }
            // The record comes first: without it, a start that finds no key would take it for lost.
            let record = EpochKeyRecord(number: key.number, mark: key.mark, status: .destroyed)
            try await database.write { try $0.putEpochKey(record) }
            observer(.recorded)
            try follow(database)
        }
    }
}

/// A step of the change of epoch keys, at which a crash test may end the process.
package enum EpochStep: String, Sendable, CaseIterable {
    case copied, begun, noted, rewrapped, recorded
    case copyDestroyed = "copy_destroyed"
    case destroyed
}

/// The action at a step: nothing in service.
package typealias EpochObserver = @Sendable (EpochStep) -> Void
