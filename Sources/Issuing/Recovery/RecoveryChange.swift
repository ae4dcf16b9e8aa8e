import Credential
import Encoding
import Storage

/// What a recovery changes in the registry, all in one transaction.
struct RecoveryChange: Sendable {
    let registry: Registry
    let published: PublishedState
    /// The beat; an empty one where it is lost.
    let beat: Beat
    let isBeatLost: Bool
    let now: UInt64
    let uid: UInt32

    /// What came of it.
    struct Outcome: Sendable {
        var revocationCount = 0
        /// Where each list goes on, by its plain name.
        var floors: [(list: String, floor: UInt64)] = []
        /// Where every other list begins.
        var generalFloor: UInt64 = 0
        var missingEntryCount: UInt64 = 0
        /// No bundle gets this version or a lower one.
        var bundleVersion: UInt64 = 0
    }

    /// Kept, sealed, with each revocation that is set again.
    private static let reason = "restored by a recovery from the published status list"

    func apply(in database: any StoreTransaction) throws -> Outcome {
        var outcome = Outcome()
        for list in published.lists {
            outcome.revocationCount += try registry.restoreRevocations(
                list.revoked, of: list.list, reason: Self.reason, at: now, in: database)
        }
        try raiseFloors(&outcome, in: database)
        try registry.raise(
            Registry.bundleCounter, to: max(published.bundleVersion, beat.bundleVersion), in: database)
        outcome.bundleVersion = try Registry.value(of: Registry.bundleCounter, in: database)
        outcome.missingEntryCount = try registry.raiseLogFloor(
            to: LogFloor(size: published.checkpoint.size, root: published.checkpoint.root), in: database)
        try registry.audit(uid: uid, action: "registry.recover", subject: "registry", at: now, in: database)
        try registry.raisePosition(installation: beat.installation, to: beat.commitCount, in: database)
        return outcome
    }

    /// Has every list go on above every shard that anything was, or may have been, given out of.
    ///
    /// A list that was never published may have begun at the general floor of before, so that this goes one shard up; the
    /// beat has that floor too, since the registry may be from before the last recovery.
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
    /// What `suishen recover` prints.
    func json(_ published: PublishedState, isBeatLost: Bool) -> JSONValue {
        [
            "revocationsRestored": .integer(Int64(revocationCount)),
            "lists": .array(
                floors.map { ["list": .string($0.list), "floor": .integer(Int64(clamping: $0.floor))] }),
            "generalFloor": .integer(Int64(clamping: generalFloor)),
            "shardsLeft": .integer(
                Int64(clamping: (Registry.statusIndexCount - generalFloor) / StatusListReference.shardBitCount)),
            "bundleVersion": .integer(Int64(clamping: bundleVersion)),
            "logEntriesMissing": .integer(Int64(clamping: missingEntryCount)),
            "beat": .string(isBeatLost ? "made" : "advanced"),
        ]
    }
}
