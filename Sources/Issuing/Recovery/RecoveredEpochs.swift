import Signing
import Storage

/// The epoch keys that a recovery finds: in their own place, or sealed to the recovery key beside it.
struct RecoveredEpochs: Sendable {
    let ring: EpochKeyRing
    /// The keys that were found nowhere; their fields cannot be read.
    let missing: [EpochKeyRecord]

    /// Where copies of epoch keys may lie.
    struct Source {
        /// The folder of the copies; nil for none.
        let copies: String?
        /// Opens the copies; nil where the recovery key is not at hand.
        let key: ReceivingKey?
    }

    /// Finds the keys that a registry needs, and puts those that were copied back into their place.
    ///
    /// - Parameters:
    ///   - place: the place of the keys, which may be gone.
    ///   - registry: the restored registry, open for reading.
    ///   - source: the place of the copies.
    ///   - now: seconds since 1970, for a first key where none is left.
    ///   - random: the source of that key.
    /// - Throws: `epoch_keys_foreign`, `epoch_keys_unreadable`, `epoch_keys_unwritable`.
    init(
        _ place: any EpochPlace, of registry: any RegistryStore, from source: Source, at now: UInt64,
        random: some RandomSource
    ) throws {
        let records = try registry.read { try $0.epochKeys() }.filter { $0.status != .destroyed }
        let found = try place.keys()
        var keys = found ?? []
        // A place that lacks a key is completed; one with another installation's key of that number is refused.
        let known = records.filter { record in keys.contains { $0.number == record.number } }
        try OpenedEpochs.check(known, keys, at: place.path)
        var isThere = found != nil
        func add(_ key: FieldEpochKey) throws {
            if isThere { _ = try place.add(key) } else { try place.create(with: key) }
            isThere = true
            keys.append(key)
        }
        let copied =
            if let copies = source.copies, let key = source.key { EpochCopies.keys(in: copies, openedBy: key) } else {
                [FieldEpochKey]()
            }
        for record in records where !keys.contains(where: { $0.number == record.number }) {
            guard let key = copied.first(where: { $0.number == record.number && $0.mark == record.mark }) else {
                continue
            }
            try add(key)
        }
        missing = records.filter { record in !keys.contains { $0.number == record.number } }
        // A lost key's number is not used again, so that its fields never meet another key.
        let newest = try registry.read { try $0.epochKeys() }.map(\.number).max() ?? 0
        if keys.map(\.number).max() ?? 0 < max(newest, 1) {
            try add(FieldEpochKey.make(number: newest + 1, at: now, random: random))
        }
        ring = try EpochKeyRing(keys)
    }

    /// Records which keys are here and which are lost.
    func note(in transaction: any RegistryTransaction) throws {
        try Registry.noteEpochKeys(ring.keys, in: transaction)
        for record in missing where record.status == .live {
            try transaction.putEpochKey(EpochKeyRecord(number: record.number, mark: record.mark, status: .lost))
        }
    }
}
