import Signing
import Storage

/// The epoch keys of an installation that is being opened.
struct OpenedEpochs {
    let folder: EpochFolder
    let ring: EpochKeyRing
    /// A line about a new folder; nil when it was there already.
    let note: String?

    /// Reads the keys, and makes the folder of an installation that an earlier version made.
    ///
    /// - Parameters:
    ///   - folder: the folder of the keys.
    ///   - registry: the installation's registry, open for reading.
    ///   - now: seconds since 1970, for the first key; 0 where no clock is known.
    ///   - random: the source of a first key.
    /// - Throws: `epoch_keys_missing`, `epoch_keys_foreign`, `epoch_keys_unreadable`, `epoch_keys_unwritable`.
    init(
        _ folder: EpochFolder, of registry: any RegistryStore, at now: UInt64, random: any RandomSource
    ) throws {
        self.folder = folder
        let found = try folder.keys()
        let records = try registry.read { try $0.epochKeys() }
        try Self.check(records, found, at: folder.path)
        if let found, !found.isEmpty {
            ring = try EpochKeyRing(found)
            note = nil
            return
        }
        let number = (records.map(\.number).max() ?? 0) + 1
        let first = try FieldEpochKey.make(number: number, at: now, random: random)
        if found == nil { try folder.create(with: first) } else { try folder.add(first) }
        ring = try EpochKeyRing([first])
        note = "made \(folder.path), the first epoch keys of this installation; keep them out of every backup"
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
