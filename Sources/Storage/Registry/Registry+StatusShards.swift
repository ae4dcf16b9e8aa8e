import Credential

/// The indices of one shard of a status list that a published list has bits for.
package struct StatusShard: Sendable, Equatable {
    /// Counts from 0.
    package let number: UInt64
    /// At most ``StatusListReference/shardBitCount``.
    package let bitCount: Int

    /// The shard's indices in its list; at most 2³².
    fileprivate var indices: Range<UInt64> {
        let start = number * StatusListReference.shardBitCount
        return start..<start + UInt64(bitCount)
    }
}

extension StatusShard {
    /// The shards of a list's first indices.
    ///
    /// - Parameter indexCount: at most 2³².
    /// - Returns: every shard from 0 on, the one of the next index among them: it may have no bit yet.
    fileprivate static func all(indexCount: UInt64) -> [StatusShard] {
        let size = StatusListReference.shardBitCount
        let last = min(indexCount, Registry.statusIndexCount - 1) / size
        return (0...last).map { StatusShard(number: $0, bitCount: Int(min(indexCount - $0 * size, size))) }
    }
}

/// A shard of a status list that codes are in.
package struct StatusListSummary: Sendable, Equatable {
    /// The shard's name.
    package let name: String
    /// Bits up to the highest index that was handed out or is about to be: whole blocks.
    package let indexCount: Int
    package let revokedCount: Int
}

extension Registry {
    /// The shards that a list has to be published in.
    ///
    /// A shard below the first index that this registry knows is published too: after a recovery, codes that the registry
    /// has forgotten may have their bits there.
    ///
    /// - Parameters:
    ///   - list: the list's plain name; it need not have an index yet.
    ///   - headroomCount: how many indices may be given out before the list is published again.
    ///   - snapshot: an open transaction.
    /// - Returns: every shard from 0 to the one of the last of these indices.
    /// - Throws: `registry_corrupt`.
    package func statusShards(
        of list: String, headroomCount: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> [StatusShard] {
        let begun = try max(statusIndexEnd(of: list, in: snapshot), statusFloor(of: list, in: snapshot))
        return StatusShard.all(indexCount: begun + min(headroomCount, Self.statusIndexCount - begun))
    }

    /// The bits of a shard that are set, ascending, counted from the shard's first.
    ///
    /// - Throws: `registry_corrupt`.
    package func revokedBits(
        of list: String, in shard: StatusShard, _ snapshot: any RegistrySnapshot
    ) throws -> [UInt32] {
        try snapshot.revokedIndices(of: list, in: shard.indices).map { index in
            guard index >= shard.indices.lowerBound, let bit = UInt32(exactly: index - shard.indices.lowerBound) else {
                throw StorageError.corruptRow("the index of a revocation")
            }
            return bit
        }
    }

    /// Every shard of every status list that has an index, a revocation or a floor of its own.
    ///
    /// - Throws: `registry_corrupt`.
    package func statusLists(in snapshot: any RegistrySnapshot) throws -> [StatusListSummary] {
        try statusListNames(in: snapshot).flatMap { list in
            let end = try statusIndexEnd(of: list, in: snapshot)
            let shards = StatusShard.all(indexCount: end).filter { $0.number == 0 || $0.bitCount > 0 }
            return try shards.map { shard in
                StatusListSummary(
                    name: StatusListReference.name(of: list, shard: shard.number), indexCount: shard.bitCount,
                    revokedCount: try snapshot.revokedCount(of: list, in: shard.indices))
            }
        }
    }

    /// The list and the shard that a shard's name stands for; nil where there is no such list, or not so many shards.
    ///
    /// - Throws: `registry_corrupt`.
    package func statusShard(
        named name: String, headroomCount: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> (list: String, shard: StatusShard)? {
        let (list, number) = StatusListReference.listAndShard(ofName: name)
        // A list's name may itself end in what looks like a shard: a day's number does.
        for (list, number) in [(name, 0), (list, number)] where try statusListNames(in: snapshot).contains(list) {
            let shards = try statusShards(of: list, headroomCount: headroomCount, in: snapshot)
            return shards.first { $0.number == number }.map { (list, $0) }
        }
        return nil
    }

    /// The first index behind everything that a list has: its blocks, and its revocations, which a recovery may have
    /// brought for indices that this registry never gave out.
    private func statusIndexEnd(of list: String, in snapshot: any RegistrySnapshot) throws -> UInt64 {
        let end = try newestStatusIndexEnd(of: list, in: snapshot)
        guard let last = try snapshot.revokedBounds(of: list)?.last else { return end }
        guard last < Self.statusIndexCount else { throw StorageError.corruptRow("the index of a revocation") }
        return max(end, last + 1)
    }
}
