import Credential

/// One shard of a status list, with the number of bits in its published list.
package struct StatusShard: Sendable, Equatable {
    /// The shard's number, from 0 on.
    package let number: UInt64
    /// The number of bits, at most ``StatusListReference/shardBitCount``.
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
    /// - Parameter indexCount: the number of indices, at most 2³².
    /// - Returns: every shard from 0 to the shard of the next index, which may have no bit yet.
    fileprivate static func all(indexCount: UInt64) -> [StatusShard] {
        let size = StatusListReference.shardBitCount
        let last = min(indexCount, Registry.statusIndexCount - 1) / size
        return (0...last).map { StatusShard(number: $0, bitCount: Int(min(indexCount - $0 * size, size))) }
    }
}

/// A shard of a status list, with its size.
package struct StatusListSummary: Sendable, Equatable {
    /// The shard's name.
    package let name: String
    /// The number of bits in whole blocks, up to the block of the highest index handed out.
    package let indexCount: Int
    package let revokedCount: Int
}

extension Registry {
    /// The shards in which a list must be published.
    ///
    /// A shard below the registry's first known index is published too: after a recovery, codes that are missing in the
    /// registry may have their bits there.
    ///
    /// - Parameters:
    ///   - list: the list's plain name; the list may be empty.
    ///   - headroomCount: the number of indices that may be given out before the next publication.
    ///   - snapshot: an open transaction.
    /// - Returns: every shard from 0 to the shard of the last of these indices.
    /// - Throws: `registry_corrupt`.
    package func statusShards(
        of list: String, headroomCount: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> [StatusShard] {
        let begun = try max(statusIndexEnd(of: list, in: snapshot), statusFloor(of: list, in: snapshot))
        return StatusShard.all(indexCount: begun + min(headroomCount, Self.statusIndexCount - begun))
    }

    /// The revoked bits of a shard, ascending, counted from the shard's first bit.
    ///
    /// - Throws: `registry_corrupt`.
    package func revokedBits(
        of list: String, in shard: StatusShard, _ snapshot: any RegistrySnapshot
    ) throws -> [UInt32] {
        try snapshot.revokedIndices(of: list, in: shard.indices).map { index in
            guard index >= shard.indices.lowerBound, let bit = UInt32(exactly: index - shard.indices.lowerBound) else {
                throw StorageError.corruptRow("a revocation's index")
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

    /// The list and the shard of a shard's name; nil when the list or the shard does not exist.
    ///
    /// - Throws: `registry_corrupt`.
    package func statusShard(
        named name: String, headroomCount: UInt64, in snapshot: any RegistrySnapshot
    ) throws -> (list: String, shard: StatusShard)? {
        let (list, number) = StatusListReference.listAndShard(ofName: name)
        // A list's plain name may itself end in a number that looks like a shard: a day's number, for instance.
        for (list, number) in [(name, 0), (list, number)] where try statusListNames(in: snapshot).contains(list) {
            let shards = try statusShards(of: list, headroomCount: headroomCount, in: snapshot)
            return shards.first { $0.number == number }.map { (list, $0) }
        }
        return nil
    }

    /// The first index after a list's blocks and revocations.
    ///
    /// A recovery may have added revocations of indices that this registry never gave out.
    private func statusIndexEnd(of list: String, in snapshot: any RegistrySnapshot) throws -> UInt64 {
        let end = try newestStatusIndexEnd(of: list, in: snapshot)
        guard let last = try snapshot.revokedBounds(of: list)?.last else { return end }
        guard last < Self.statusIndexCount else { throw StorageError.corruptRow("a revocation's index") }
        return max(end, last + 1)
    }
}
