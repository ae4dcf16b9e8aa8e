package import TraceLog

/// A request to append one event.
package struct EventRequest: Sendable {
    /// The place that a writer expects the event to get; another writer in between is a conflict.
    package struct Expectation: Sendable, Equatable {
        /// The sequence that the event should get.
        package var sequence: UInt64
        /// The leaf hash of the entry before it; nil for an object's first.
        package var previousLeafHash: MerkleHash?

        package init(sequence: UInt64, previousLeafHash: MerkleHash?) {
            self.sequence = sequence
            self.previousLeafHash = previousLeafHash
        }
    }

    /// The key under which a repeated request gets the first answer.
    package struct Idempotency: Sendable, Equatable {
        package var key: String
        /// Under which an earlier version may have kept the same request.
        package var earlierKey: String?
        /// Tells one request from another, without its personal values.
        ///
        /// A digest of those would outlive an erasure; they are held to the openings, as long as those are there.
        package var requestDigest: [UInt8]

        package init(key: String, earlierKey: String? = nil, requestDigest: [UInt8]) {
            self.key = key
            self.earlierKey = earlierKey
            self.requestDigest = requestDigest
        }
    }

    package var object: ObjectID
    package var event: LogEvent
    /// 18 characters of a USCC; empty for the service itself.
    package var actor: String
    /// Openings of the personal fields; only their commitments enter the log.
    package var personal: [Opening] = []
    package var expected: Expectation?
    package var idempotency: Idempotency?

    package init(object: ObjectID, event: LogEvent, actor: String) {
        self.object = object
        self.event = event
        self.actor = actor
    }
}

/// The answer to an append; it leaves only after the entry is on disk.
package struct AppendAnswer: Sendable, Equatable {
    package let index: UInt64
    package let sequence: UInt64
    package let leafHash: MerkleHash

    package init(index: UInt64, sequence: UInt64, leafHash: MerkleHash) {
        self.index = index
        self.sequence = sequence
        self.leafHash = leafHash
    }
}

/// An entry as the store holds it.
package struct StoredEntry: Sendable, Equatable {
    package let index: UInt64
    package let leafHash: MerkleHash
    package let bytes: [UInt8]

    package init(index: UInt64, leafHash: MerkleHash, bytes: [UInt8]) {
        self.index = index
        self.leafHash = leafHash
        self.bytes = bytes
    }

    /// The head of an object whose newest entry this is.
    func head(of object: ObjectID, sequence: UInt64) -> ObjectHead {
        ObjectHead(object: object, sequence: sequence, link: EntryLink(leafHash: leafHash, index: index))
    }

    /// Refuses bytes that do not hash to the leaf hash that was acknowledged.
    func check(by hasher: inout MerkleHasher) throws(LogError) {
        guard hasher.leaf(bytes) == leafHash else {
            throw .inconsistent("entry \(index) does not hash to what was acknowledged")
        }
    }
}
