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
        var writer = CBORWriter(capacity: Self.byteCountMax)
        write(to: &writer)
        return writer.bytes
    }

    fileprivate func write(to writer: inout CBORWriter) {
        Self.write(to: &writer, sequence: sequence, link: link) { $0.byteString(object.bytes) }
    }

    fileprivate static func write(
        to writer: inout CBORWriter, sequence: UInt64, link: EntryLink, object: (inout CBORWriter) -> Void
    ) {
        writer.array(count: 4)
        object(&writer)
        writer.unsigned(sequence)
        unsafe link.leafHash.withUnsafeBytes { unsafe writer.byteString($0) }
        writer.unsigned(link.index)
    }

    /// The statement over a list that is sorted by object id.
    package static func statement(entryCount: UInt64, sortedHeads: some Sequence<ObjectHead>) -> HeadsStatement {
        var list = HeadsAccumulator()
        for head in sortedHeads { list.append(head) }
        return list.statement(entryCount: entryCount)
    }
}

/// A list of heads that grows in the order of object ids; only its tree's right edge is kept.
package struct HeadsAccumulator: ~Copyable {
    private var hasher = MerkleHasher()
    private var frontier = MerkleFrontier()
    // Room for as many heads as a tile has hashes, so that they are hashed together.
    private var writer = CBORWriter(capacity: TilePath.fullWidth * ObjectHead.byteCountMax)
    private var places = EntryPlaces(capacity: TilePath.fullWidth)

    package init() {}

    package mutating func append(_ head: ObjectHead) {
        let start = writer.bytes.count
        head.write(to: &writer)
        end(from: start)
    }

    /// Adds a head from its parts, without an allocation.
    mutating func append(_ object: ObjectKey, sequence: UInt64, link: EntryLink) {
        let start = writer.bytes.count
        ObjectHead.write(to: &writer, sequence: sequence, link: link) { writer in
            unsafe object.withUnsafeBytes { unsafe writer.byteString($0) }
        }
        end(from: start)
    }

    private mutating func end(from start: Int) {
        places.append(start..<writer.bytes.count)
        if places.count == TilePath.fullWidth { flush() }
    }

    /// The statement over all heads so far.
    package mutating func statement(entryCount: UInt64) -> HeadsStatement {
        flush()
        return HeadsStatement(entryCount: entryCount, objectCount: frontier.size, root: frontier.root(hasher: &hasher))
    }

    private mutating func flush() {
        let hashes = hasher.leaves(of: places, in: writer.bytes)
        if hashes.count == TilePath.fullWidth, frontier.size % UInt64(TilePath.fullWidth) == 0 {
            frontier.append(subtree: hasher.subtreeRoot(hashes[...]), height: TilePath.height, hasher: &hasher)
        } else {
            for hash in hashes { frontier.append(hash, hasher: &hasher) }
        }
        writer.removeAll()
        places.removeAll()
    }
}

extension ObjectHead {
    fileprivate static let byteCountMax = 80

    /// Reads a leaf of a heads list.
    ///
    /// - Throws: `malformed_entry`.
    static func decode(_ bytes: ArraySlice<UInt8>) throws(TraceLogError) -> ObjectHead {
        do throws(TraceLogError) {
            var reader = try EntryReader(bytes, byteCountMax: byteCountMax)
            try EventLimits.expectArray(4, &reader)
            let object = try ObjectID(entryField: reader.readByteString())
            let sequence = try reader.readUnsigned()
            let hash = try Entry.readHash(&reader)
            let index = try reader.readUnsigned()
            try reader.finish()
            return ObjectHead(object: object, sequence: sequence, link: EntryLink(leafHash: hash, index: index))
        } catch {
            throw .entry("the bytes are not an object's head")
        }
    }
}
