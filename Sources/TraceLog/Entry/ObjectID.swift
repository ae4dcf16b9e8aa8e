/// An object's identifier: 8 to 16 bytes; empty for the log itself.
///
/// Entries about the log as a whole (heads, key status) form the chain of the empty identifier.
package struct ObjectID: Sendable, Hashable {
    package static let byteCounts = 8...16

    /// The log itself.
    package static let log = ObjectID(unchecked: [])

    package let bytes: [UInt8]

    /// Takes 8 to 16 bytes; nil for any other count.
    package init?(_ bytes: some Collection<UInt8>) {
        guard Self.byteCounts.contains(bytes.count) else { return nil }
        self.bytes = Array(bytes)
    }

    /// Takes the field of an entry, where the empty identifier is the log's.
    init(entryField bytes: ArraySlice<UInt8>) throws(TraceLogError) {
        guard bytes.isEmpty || Self.byteCounts.contains(bytes.count) else {
            throw .entry("the entry's object identifier has \(bytes.count) bytes")
        }
        self.bytes = Array(bytes)
    }

    /// The chain of one kind of the service's acts.
    init(stream name: String) {
        self.init(unchecked: Array(name.utf8))
    }

    private init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension ObjectID: Comparable {
    /// The order of the bytes; a prefix comes before longer identifiers.
    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
