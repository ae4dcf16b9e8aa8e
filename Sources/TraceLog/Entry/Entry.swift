/// One event of one object as the log keeps it; its deterministic CBOR is a leaf of the tree.
///
/// `[1, object id, sequence, previous leaf hash | null, previous index | null, recorded at (ms), actor USCC,
/// key id | null, event, commitments, signature | null]`, at most 65,535 bytes.
package struct Entry: Sendable, Equatable {
    package static let version: UInt64 = 1
    package static let fieldCount = 11
    /// The largest entry: an entry bundle states its length in 2 bytes.
    package static let byteCountMax = 65_535
    package static let depthMax = 8
    package static let commitmentCountMax = 64
    package static let keyIdentifierByteCounts = 4...32

    package var object: ObjectID
    /// Counts an object's entries from 0.
    package var sequence: UInt64
    /// The object's entry before this one; nil for its first.
    package var previous: EntryLink?
    /// When the service wrote it, in milliseconds since 1970-01-01T00:00:00Z; never falls along the log.
    package var recordedAtMilliseconds: UInt64
    /// The actor's USCC, 18 characters; empty for the service itself.
    package var actor: String
    /// The identifier of the actor's signing key, 4 to 32 bytes.
    package var keyIdentifier: [UInt8]?
    package var event: LogEvent
    /// The commitments to personal fields, at most 64.
    package var commitments: [MerkleHash]
    package var signature: ActorSignature?

    package init(
        object: ObjectID, sequence: UInt64, previous: EntryLink?, recordedAtMilliseconds: UInt64, actor: String,
        keyIdentifier: [UInt8]? = nil, event: LogEvent, commitments: [MerkleHash] = [],
        signature: ActorSignature? = nil
    ) {
        self.object = object
        self.sequence = sequence
        self.previous = previous
        self.recordedAtMilliseconds = recordedAtMilliseconds
        self.actor = actor
        self.keyIdentifier = keyIdentifier
        self.event = event
        self.commitments = commitments
        self.signature = signature
    }
}

/// An entry's index in the log, with its leaf hash.
package struct EntryLink: Sendable, Hashable {
    package let leafHash: MerkleHash
    package let index: UInt64

    package init(leafHash: MerkleHash, index: UInt64) {
        self.leafHash = leafHash
        self.index = index
    }
}
