package import TraceLog

/// Reads of one log's entries at one moment; ``Sequencer`` and ``TraceLogStore`` have the rules.
///
/// Every read throws `log_inconsistent` for an impossible row.
package protocol LogSnapshot {
    /// The same moment of another log of the installation, or of this one.
    func snapshot(of log: LogName) -> any LogSnapshot

    /// Whether the store has this log; a registry of an earlier version that is open for reading alone may lack one.
    func isKept() throws -> Bool
    /// The newest entry, which may be a reserved one.
    func newestEntry() throws -> (index: UInt64, recordedAtMilliseconds: UInt64)?
    /// The newest entry of the log's own chain.
    func newestOwnEntry() throws -> OwnEntry?
    func object(ofEntry index: UInt64) throws -> [UInt8]?
    /// The entries of a range in order, without reserved ones.
    func entries(_ range: Range<UInt64>) throws -> [StoredEntry]
    /// The bytes of the entries of a range.
    func entryByteCount(_ range: Range<UInt64>) throws -> UInt64
    /// An object's entries from a sequence on in order, without reserved ones.
    func entries(of object: ObjectID, from sequence: UInt64, count: Int) throws -> [StoredEntry]
    /// Visits the entries of the log's own chain, without reserved ones.
    ///
    /// - Parameters:
    ///   - part: bytes that an entry must contain; empty for every entry.
    ///   - end: only entries before this index are visited; nil for every entry.
    ///   - isNewestFirst: whether the newest entry is visited first.
    ///   - visit: returns whether to go on; it must not use the snapshot.
    /// - Throws: the error of `visit`.
    func visitOwnEntries(
        containing part: [UInt8], before end: UInt64?, newestFirst isNewestFirst: Bool,
        _ visit: (_ index: UInt64, _ bytes: [UInt8]) throws -> Bool) throws

    /// An object's newest entry.
    func head(of object: ObjectID) throws -> ObjectHead?
    /// An object's newest entry before an index.
    func head(of object: ObjectID, before index: UInt64) throws -> ObjectHead?
    /// Objects' newest entries, in the order of the objects' bytes, from `object` on.
    func heads(from object: [UInt8], count: Int) throws -> [ObjectHead]
    /// The highest index of any object's newest entry.
    func newestHeadIndex() throws -> UInt64?

    /// The openings of a range of entries that were not erased, in the order of the entries.
    func openings(_ range: Range<UInt64>, count: Int) throws -> [StoredOpening]
    /// The request that is kept under one of these keys.
    func keptRequest(_ keys: (String, String)) throws -> KeptRequest?
    /// The checkpoint that the log must reach; nil when there is none.
    func logFloor() throws -> LogFloor?
}

/// Changes of one log, all kept or none.
package protocol LogTransaction: LogSnapshot {
    /// The same transaction's view of another log of the installation, or of this one.
    func transaction(of log: LogName) -> any LogTransaction

    /// Adds an entry, which becomes its object's newest entry.
    func appendEntry(_ entry: StoredEntry, head: ObjectHead, recordedAtMilliseconds: UInt64) throws
    /// Adds an empty entry to the log's own chain; no head points at it.
    func reserveEntry(_ entry: OwnEntry) throws
    /// Puts bytes into a reserved entry, which becomes the newest entry of the log's own chain.
    func fillEntry(_ entry: StoredEntry, head: ObjectHead) throws
    /// Adds the openings of an entry that has none yet.
    func insertOpenings(_ openings: [StoredOpening], of index: UInt64) throws
    /// Overwrites an entry's openings.
    ///
    /// - Returns: the commitments of the openings that were not erased before, sorted.
    func eraseOpenings(of index: UInt64) throws -> [MerkleHash]
    func insertRequest(_ request: KeptRequest, key: String) throws
    func setLogFloor(_ floor: LogFloor) throws
    func removeLogFloor() throws
}

/// An entry of the log's own chain.
package struct OwnEntry: Sendable, Equatable {
    package let index: UInt64
    package let sequence: UInt64
    package let recordedAtMilliseconds: UInt64
    /// The entry's bytes; empty for a reserved index.
    package let bytes: [UInt8]

    var isReserved: Bool { bytes.isEmpty }
}

/// A sealed opening.
package struct StoredOpening: Sendable, Equatable {
    /// The index of its entry.
    package let index: UInt64
    package let commitment: MerkleHash
    package let sealed: [UInt8]
}

/// A request that the log has answered.
package struct KeptRequest: Sendable, Equatable {
    package let digest: [UInt8]
    package let answer: AppendAnswer
}
