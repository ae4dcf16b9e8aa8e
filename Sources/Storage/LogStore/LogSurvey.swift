package import TraceLog

/// What a restored log's entries say about openings and keys.
package struct LogSurvey: Sendable {
    /// An entry whose openings are missing although nothing has erased them.
    package struct LostOpening: Sendable, Equatable {
        package let index: UInt64
        package let object: ObjectID
        package let count: Int
    }

    /// The newest status of a key, with the time of its entry in milliseconds since 1970.
    package struct KeyStatus: Sendable, Equatable {
        package let change: KeyStatusChange
        package let recordedAtMilliseconds: UInt64
    }

    /// In the order of the entries.
    package private(set) var lostOpenings: [LostOpening] = []
    /// The newest change of each key, by its SubjectPublicKeyInfo.
    package private(set) var keys: [[UInt8]: KeyStatus] = [:]
    /// The number of revoked status indices that the log of acts states.
    package private(set) var revocationCount: UInt64 = 0

    private static let chunkEntryCount: UInt64 = 1024

    /// Reads every entry of a log once.
    ///
    /// - Throws: `log_inconsistent`, or an error of the store.
    package init(of store: TraceLogStore) throws {
        var lost: [UInt64: LostOpening] = [:]
        var start: UInt64 = 0
        let end = try store.count()
        while start < end {
            let range = start..<min(end, start + Self.chunkEntryCount)
            let (entries, kept) = try store.read { snapshot in
                (
                    try snapshot.entries(range),
                    try snapshot.openings(range, count: Int(Self.chunkEntryCount) * Entry.commitmentCountMax)
                )
            }
            let counts = Dictionary(kept.map { ($0.index, 1) }, uniquingKeysWith: +)
            for stored in entries {
                let entry = try Entry.decode(stored.bytes[...])
                let count = entry.commitments.count - counts[stored.index, default: 0]
                if count > 0 {
                    lost[stored.index] = LostOpening(index: stored.index, object: entry.object, count: count)
                }
                switch entry.event {
                case .erased(let erasure): lost[erasure.index] = nil
                case .keyStatus(let change):
                    keys[change.publicKey] = KeyStatus(
                        change: change, recordedAtMilliseconds: entry.recordedAtMilliseconds)
                case .act(let act) where act.term == .codeRevoke:
                    revocationCount += act.values.first.flatMap { UInt64($0) } ?? 0
                default: break
                }
            }
            start = range.upperBound
        }
        lostOpenings = lost.values.sorted { $0.index < $1.index }
    }
}
