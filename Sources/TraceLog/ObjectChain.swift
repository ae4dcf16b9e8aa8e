/// What an auditor remembers of one object: 48 bytes.
package struct ObjectChain: Sendable, Equatable {
    /// Why an entry does not follow the one before it; the raw values are findings' codes.
    package enum Finding: String, Sendable {
        case sequenceGap = "sequence_gap"
        case chainBreak = "chain_break"
        case duplicateEvent = "duplicate_event"
    }

    /// How many entries the object has: the sequence that comes next.
    package private(set) var count: UInt64 = 0
    /// The leaf hash of its newest entry; meaningless while `count` is 0.
    package private(set) var leafHash = MerkleHash()
    /// The index of its newest entry; meaningless while `count` is 0.
    package private(set) var index: UInt64 = 0

    package init() {}

    /// Takes up an object whose newest entry is known.
    package init(sequence: UInt64, link: EntryLink) {
        count = sequence + 1
        leafHash = link.leafHash
        index = link.index
    }

    /// The newest entry; nil before the first.
    package var newest: EntryLink? {
        count == 0 ? nil : EntryLink(leafHash: leafHash, index: index)
    }

    /// Checks that an entry follows, then goes on from it even when it does not, so that one fault is one finding.
    ///
    /// - Parameters:
    ///   - sequence: what the entry says.
    ///   - previous: what the entry says stands before it.
    ///   - link: where the entry stands, and its own leaf hash.
    /// - Returns: nil when it follows.
    package mutating func accept(sequence: UInt64, previous: EntryLink?, at link: EntryLink) -> Finding? {
        let finding: Finding? =
            if sequence < count {
                .duplicateEvent
            } else if sequence > count {
                .sequenceGap
            } else if previous != newest {
                .chainBreak
            } else {
                nil
            }
        // A repeated event must not turn the object's true tail into further findings.
        if finding != .duplicateEvent {
            count = sequence == .max ? sequence : sequence + 1
            leafHash = link.leafHash
            index = link.index
        }
        return finding
    }
}
