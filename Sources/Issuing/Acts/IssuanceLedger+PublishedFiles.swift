import Storage
import TraceLog

/// What the published files and the registry know of each other's codes.
extension IssuanceLedger {
    /// Reads the published files of sets whose codes are not all in the registry, as after a recovery.
    ///
    /// - Parameters:
    ///   - minutes: the day's minutes in the registry.
    ///   - sets: the day's listed sets.
    ///   - start: the day's first minute.
    /// - Returns: the minutes whose codes are in the registry, and the leaves of the other sets with their minutes counted
    ///   from `start`; nil while files are missing.
    /// - Throws: an error of the store or of the published files.
    func split(
        _ minutes: [IssuedMinute], besides sets: [IssuedSet], ofDayFrom start: UInt64
    ) throws -> (own: [IssuedMinute], others: [IssuedLeaf])? {
        var own = minutes
        var others: [IssuedLeaf] = []
        for set in sets {
            guard Self.wholeMinutes(of: set, in: minutes) == nil else { continue }
            guard let leaves = try publishedLeaves(of: set) else { return nil }
            own.removeAll { set.minutes.contains($0.minute) }
            others += leaves.map { IssuedLeaf(digest: $0.digest, offset: $0.offset + UInt16(set.minute - start)) }
        }
        return (own, others)
    }

    /// The leaves of a listed set from its files, each proved against the log; nil unless all of them are there.
    private func publishedLeaves(of set: IssuedSet) throws -> [IssuedLeaf]? {
        let entry = try database.read { try $0.snapshot(of: .acts).entries(set.entryIndex..<set.entryIndex + 1).first }
        guard let entry, case .act(let act) = try Entry.decode(entry.bytes[...]).event,
            let statement = IssuedStatement(act), statement.minute == set.minute, statement.span == set.span
        else { throw StorageError.corruptRow("the entry of a set of issued codes") }
        var leaves: [IssuedLeaf] = []
        for prefix in 0..<(1 << statement.bitCount) {
            let prefix = UInt16(prefix)
            guard let bytes = try acts.log.tiles.read(statement.path(of: prefix)),
                let file = try? IssuedFile(bytes: bytes), (try? file.check(statement, prefix: prefix)) != nil
            else { return nil }
            leaves += file.leaves.filter { statement.prefix(of: $0.digest) == prefix }
        }
        return leaves.count == Int(statement.count) ? leaves : nil
    }

    /// Makes the files of listed sets again that are lost, while the digests are kept.
    ///
    /// A day's digests go once its set is published; its files then come from a copy of the published files.
    ///
    /// - Returns: the folders of sets whose files are lost, and whose digests are gone.
    /// - Throws: an error of the store or of the published files.
    func remakeLostFiles() throws -> [String] {
        let (minutes, sets) = try database.read { (try $0.issuedMinutes(), try $0.issuedSets()) }
        var lost: [String] = []
        for set in sets {
            let folder = IssuedStatement.folder(ofMinute: set.minute, span: set.span)
            guard try acts.log.tiles.list(folder).count < 1 << set.bitCount else { continue }
            if let part = Self.wholeMinutes(of: set, in: minutes) {
                try publishFiles(of: part, from: set.minute, span: set.span)
            } else {
                lost.append(folder)
            }
        }
        return lost
    }

    /// A set's minutes; nil where the registry does not have all of the set's codes.
    private static func wholeMinutes(of set: IssuedSet, in minutes: [IssuedMinute]) -> [IssuedMinute]? {
        let part = minutes.filter { set.minutes.contains($0.minute) }
        return part.map(\.count).reduce(0, +) == set.count ? part : nil
    }
}

extension IssuedSet {
    /// The minutes of the set.
    fileprivate var minutes: Range<UInt64> { minute..<minute + span }
}
