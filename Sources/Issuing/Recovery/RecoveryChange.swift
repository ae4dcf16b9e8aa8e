import Credential
import Encoding
import Storage
import TraceLog

/// The changes of a recovery in the registry, all in one transaction.
struct RecoveryChange: Sendable {
    let registry: Registry
    let published: PublishedState
    /// The installation's beat; an empty beat when it is lost.
    let beat: Beat
    let isBeatLost: Bool
    let now: UInt64
    let uid: UInt32
    let epochs: RecoveredEpochs

    /// The result of the changes.
    struct Outcome: Sendable {
        var revocationCount = 0
        /// The next index of each list, by the list's plain name.
        var floors: [(list: String, floor: UInt64)] = []
        /// The first index of every other list.
        var generalFloor: UInt64 = 0
        /// The version that every later bundle exceeds.
        var bundleVersion: UInt64 = 0
        var holdings = Registry.EndedHoldings()
    }

    /// The reason that is kept, sealed, with each restored revocation.
    private static let reason = "restored by a recovery from the published status list"

    func apply(in database: any StoreTransaction) throws -> Outcome {
        var outcome = Outcome()
        // A recovery that is cut off keeps the service closed until it is repeated.
        try database.setRecoveryNeeded(true)
        try epochs.note(in: database)
        try PublishedKeys(published.issuers).apply(at: now, in: database)
        for list in published.lists {
            outcome.revocationCount += try registry.restoreRevocations(
                list.revoked, of: list.list, reason: Self.reason, at: now, in: database)
        }
        outcome.holdings = try Registry.endDoubtfulHoldings(at: now, in: database)
        try raiseFloors(&outcome, in: database)
        try registry.raise(
            Registry.bundleCounter, to: max(published.bundleVersion, beat.bundleVersion), in: database)
        try registry.raise(TransitNetworkVersion.counter, to: published.transitVersion, in: database)
        outcome.bundleVersion = try Registry.value(of: Registry.bundleCounter, in: database)
        for log in LogName.allCases {
            // What left this installation counts, also where the folder's copy is older.
            for point in [published.point(of: log), log == .acts ? beat.acts : nil].compactMap(\.self) {
                _ = try registry.raiseFloor(
                    of: log, to: LogFloor(size: point.size, root: point.root), in: database)
            }
        }
        let recoveries = try Registry.value(of: StartActs.recoveryCounter, in: database)
        try registry.raise(StartActs.recoveryCounter, to: recoveries + 1, in: database)
        try registry.audit(by: .user(uid), action: "registry.recover", subject: "registry", at: now, in: database)
        try registry.raisePosition(installation: beat.installation, to: beat.commitCount, in: database)
        return outcome
    }

    /// Raises every list's floor above every shard from which an index may have been given out.
    ///
    /// A list that was never published may have begun at the previous general floor, so the new general floor is one
    /// shard higher. The beat has the previous floor too, because the registry may be older than the last recovery.
    private func raiseFloors(_ outcome: inout Outcome, in database: any StoreTransaction) throws {
        var newest: [String: UInt64] = [:]
        for list in published.lists { newest[list.list] = max(newest[list.list] ?? 0, list.shard) }
        let general = max(try registry.statusFloor(of: "", in: database), beat.statusFloor)
        var generalShard = general / StatusListReference.shardBitCount
        if isBeatLost { generalShard = max(generalShard, newest.values.max() ?? 0) }
        let names = Set(newest.keys).union(try registry.statusListNames(in: database))
        for name in names.sorted() {
            let next = max(
                try registry.newestStatusIndexEnd(of: name, in: database),
                try registry.statusFloor(of: name, in: database))
            let shard = max(next / StatusListReference.shardBitCount, newest[name] ?? 0, generalShard)
            let floor = Self.start(ofShardAfter: shard)
            try registry.raiseStatusFloor(of: name, to: floor, in: database)
            outcome.floors.append((name, floor))
        }
        outcome.generalFloor = Self.start(ofShardAfter: generalShard)
        try registry.raiseStatusFloor(of: "", to: outcome.generalFloor, in: database)
    }

    private static func start(ofShardAfter shard: UInt64) -> UInt64 {
        min((shard + 1) * StatusListReference.shardBitCount, Registry.statusIndexCount)
    }
}

extension RecoveryChange.Outcome {
    /// The most lost openings that a report names one by one.
    private static let lostOpeningCountMax = 1000

    /// The output of `suishen recover`.
    func json(
        _ logs: [RecoveredLog], _ epochs: RecoveredEpochs, _ losses: RecoveryLosses, isBeatLost: Bool
    ) -> JSONValue {
        let lost = logs.flatMap { log in (log.survey?.lostOpenings ?? []).map { (log: log.name, opening: $0) } }
        let missingBundles = logs.flatMap { log in
            log.restored.missingBundles.map { JSONValue.string("\(log.name.folder)/\($0)") }
        }
        return [
            "revocationsRestored": .integer(Int64(revocationCount)),
            "lists": .array(
                floors.map { ["list": .string($0.list), "floor": .integer(Int64(clamping: $0.floor))] }),
            "generalFloor": .integer(Int64(clamping: generalFloor)),
            "shardsLeft": .integer(
                Int64(clamping: (Registry.statusIndexCount - generalFloor) / StatusListReference.shardBitCount)),
            "bundleVersion": .integer(Int64(clamping: bundleVersion)),
            "logEntriesMissing": Self.missingEntryCount(of: .trace, in: logs),
            "actsEntriesMissing": Self.missingEntryCount(of: .acts, in: logs),
            "logEntriesImported": .integer(Int64(clamping: logs.reduce(0) { $0 + $1.restored.entryCount })),
            "logBundlesMissing": .array(missingBundles),
            "erasuresApplied": .integer(Int64(logs.reduce(0) { $0 + $1.restored.erasedCount })),
            "openingsLost": .integer(Int64(lost.reduce(0) { $0 + $1.opening.count })),
            "lostOpenings": .array(
                lost.prefix(Self.lostOpeningCountMax).map { log, opening in
                    [
                        "log": .string(log.folder), "index": .integer(Int64(clamping: opening.index)),
                        "object": .string(Hex.encode(opening.object.bytes)), "count": .integer(Int64(opening.count)),
                    ]
                }),
            "holdingsRevoked": .integer(Int64(holdings.revokedCount)),
            "holdingsEndedInDoubt": .integer(Int64(holdings.unknownCount)),
            "epochKeysMissing": .array(epochs.missing.map { .integer(Int64($0.number)) }),
            "fieldsLost": .integer(Int64(losses.fieldCount)),
            "revocationsMissing": .integer(Int64(clamping: losses.revocationCount)),
            "actsLog": .string(
                logs.first { $0.name == .acts }.map { $0.missingEntryCount == 0 ? "recovered" : "behind" } ?? "unknown"),
            "beat": .string(isBeatLost ? "made" : "advanced"),
        ]
    }

    /// The entries that one log still lacks; null for a log of which no checkpoint was found.
    private static func missingEntryCount(of name: LogName, in logs: [RecoveredLog]) -> JSONValue {
        logs.first { $0.name == name }.map { .integer(Int64(clamping: $0.missingEntryCount)) } ?? .null
    }
}
