package import TraceLog

/// A request to append one event.
package struct EventRequest: Sendable {
    /// The place that a writer expects for the event; an entry of another writer before it makes a conflict.
    package struct Expectation: Sendable, Equatable {
        /// The sequence that the event should get.
        package var sequence: UInt64
        /// The leaf hash of the object's entry before it; nil for an object's first event.
        package var previousLeafHash: MerkleHash?

        package init(sequence: UInt64, previousLeafHash: MerkleHash?) {
            self.sequence = sequence
            self.previousLeafHash = previousLeafHash
        }
    }

    /// The key under which a repeated request gets the first answer.
    package struct Idempotency: Sendable, Equatable {
        package var key: String
        /// The key under which an earlier version may have kept the same request.
        package var earlierKey: String?
        /// A digest of the request without its personal values.
        ///
        /// A digest of personal values would outlive their erasure. These are compared with the openings instead.
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

/// The answer to an append, sent only after the entry is on disk.
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

/// An entry in its stored form.
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

    /// Refuses bytes that do not hash to the acknowledged leaf hash.
    func check(by hasher: inout MerkleHasher) throws(LogError) {
        guard hasher.leaf(bytes) == leafHash else {
            throw .inconsistent("entry \(index) does not hash to its acknowledged leaf hash")
        }
    }
}
