import Encoding

/// An object's newest entry, as it stands in a heads list: `[object id, sequence, leaf hash, index]`.
package struct ObjectHead: Sendable, Equatable {
    package let object: ObjectID
    package let sequence: UInt64
    package let link: EntryLink

    package init(object: ObjectID, sequence: UInt64, link: EntryLink) {
        self.object = object
        self.sequence = sequence
        self.link = link
    }

    /// The bytes that are a leaf of the heads list's tree.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 72)
        writer.array(count: 4)
        writer.byteString(object.bytes)
        writer.unsigned(sequence)
        writer.byteString(link.leafHash.bytes)
        writer.unsigned(link.index)
        return writer.bytes
    }

    /// The statement over a list that is sorted by object id.
    package static func statement(entryCount: UInt64, sortedHeads: some Sequence<ObjectHead>) -> HeadsStatement {
        var list = HeadsAccumulator()
        for head in sortedHeads { list.append(head) }
        return list.statement(entryCount: entryCount)
    }
}

/// A list of heads that grows in the order of object ids, of which nothing is kept but its tree's right edge.
package struct HeadsAccumulator: ~Copyable {
    private var hasher = MerkleHasher()
    private var frontier = MerkleFrontier()

    package init() {}

    package mutating func append(_ head: ObjectHead) {
        frontier.append(hasher.leaf(head.encoded.span), hasher: &hasher)
    }

    /// The statement over all heads so far.
    package mutating func statement(entryCount: UInt64) -> HeadsStatement {
        HeadsStatement(entryCount: entryCount, objectCount: frontier.size, root: frontier.root(hasher: &hasher))
    }
}

extension ObjectHead {
    private static let byteCountMax = 80

    /// Reads a leaf of a heads list.
    ///
    /// - Throws: `malformed_entry`.
    static func decode(_ bytes: ArraySlice<UInt8>) throws(TraceLogError) -> ObjectHead {
        do {
            var reader = try CBORReader(bytes, byteCountMax: byteCountMax, depthMax: 2)
            try EventLimits.expectArray(4, &reader)
            let object = try ObjectID(entryField: reader.readByteString())
            let sequence = try reader.readUnsigned()
            let hash = try Entry.readHash(&reader)
            let index = try reader.readUnsigned()
            try reader.finish()
            return ObjectHead(object: object, sequence: sequence, link: EntryLink(leafHash: hash, index: index))
        } catch {
            throw .entry("bytes that are no head of an object")
        }
    }
}
