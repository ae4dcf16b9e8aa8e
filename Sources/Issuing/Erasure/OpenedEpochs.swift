import Signing
import Storage

/// The epoch keys of an installation that is being opened.
struct OpenedEpochs {
    let place: any EpochPlace
    let ring: EpochKeyRing
    /// A line about a new place; nil when it was there already.
    let note: String?

    /// The most readings of records and keys, until no other daemon has changed the records meanwhile.
    private static let readingCountMax = 5

    /// Reads the keys, and makes the place of an installation that an earlier version made.
    ///
    /// - Parameters:
    ///   - place: the place of the keys.
    ///   - registry: the installation's registry, open for reading.
    ///   - now: seconds since 1970, for the first key; 0 where no clock is known.
    ///   - random: the source of a first key.
    /// - Throws: `epoch_keys_missing`, `epoch_keys_foreign`, `epoch_keys_unreadable`, `epoch_keys_unwritable`.
    init(
        _ place: any EpochPlace, of registry: any RegistryStore, at now: UInt64, random: any RandomSource
    ) throws {
        self.place = place
        let (records, found) = try Self.read(place, registry)
        try Self.check(records, found, at: place.path)
        if let found, !found.isEmpty {
            // A key that a paused daemon made again after its end is no key of this registry.
            let own = found.filter { key in records.allSatisfy { $0.number != key.number || $0.mark == key.mark } }
            ring = try EpochKeyRing(own, source: Self.source(place))
            note = nil
            return
        }
        let number = (records.map(\.number).max() ?? 0) + 1
        let first = try FieldEpochKey.make(number: number, at: now, random: random)
        if found == nil { try place.create(with: first) } else { _ = try place.add(first) }
        ring = try EpochKeyRing([first], source: Self.source(place))
        note = "made \(place.path), the first epoch keys of this installation; keep them out of every backup"
    }

    /// Reads the registry's records and the keys at one moment.
    static func read(
        _ place: any EpochPlace, _ registry: any RegistryStore
    ) throws -> (records: [EpochKeyRecord], found: [FieldEpochKey]?) {
        var records = try registry.read { try $0.epochKeys() }
        for _ in 1..<readingCountMax {
            let found = try place.keys()
            let after = try registry.read { try $0.epochKeys() }
            if after == records { return (records, found) }
            records = after
        }
        return (records, try place.keys())
    }

    /// Reads keys that another daemon began later.
    private static func source(_ place: any EpochPlace) -> EpochKeyRing.Source {
        { number throws(StorageError) in
            do throws(OperationError) {
                return try place.key(number)
            } catch {
                throw .epochKeyPending(number, error.reason)
            }
        }
    }

    /// Refuses keys that are not the ones that the registry's fields need.
    static func check(
        _ records: [EpochKeyRecord], _ found: [FieldEpochKey]?, at path: String
    ) throws(OperationError) {
        for record in records where record.status != .destroyed {
            guard let key = found?.first(where: { $0.number == record.number }) else {
                guard record.status == .live else { continue }
                throw OperationError(
                    code: .epochKeysMissing, reason: "\(path) lacks epoch key \(record.number), which fields need",
                    hint: "put the epoch keys back, or \(OperationError.recovering)")
            }
            guard key.mark == record.mark else {
                throw OperationError(
                    code: .epochKeysForeign, reason: "epoch key \(key.number) in \(path) is another installation's",
                    hint: "set `epochKeys` in suishend.yaml to this installation's own folder")
            }
        }
    }
}
