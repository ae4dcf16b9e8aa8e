package import Signing
import TraceLog

/// Makes a log of any size as a stream; only each object's newest entry is held in memory.
package struct BulkLog: Sendable {
    package var eventCount: UInt64
    package var objectCount: UInt64
    /// The approximate bytes of every event's entry; a padding field brings an entry to this size.
    package var entryByteCount = 300
    package var headsInterval: UInt64 = 65_536
    package var origin = ForgedLog.origin

    private var chains: [(sequence: UInt64, link: EntryLink)?]
    private var sorted: [Int]
    private var own: (sequence: UInt64, link: EntryLink)?
    private var index: UInt64 = 0
    private var headsIndex: UInt64?

    package init(eventCount: UInt64, objectCount: UInt64) {
        self.eventCount = eventCount
        self.objectCount = objectCount
        chains = Array(repeating: nil, count: Int(objectCount))
        sorted = Array(0..<Int(objectCount))
        sorted.sort { LogScript.order($0) < LogScript.order($1) }
    }

    /// Writes bundles, tiles, the newest heads list and, last, the checkpoint.
    package mutating func write<E: Error>(
        key: SigningKey, to write: (String, [UInt8]) throws(E) -> Void
    ) throws {
        var tree = TileAccumulator()
        var hasher = MerkleHasher()
        var bundle: [UInt8] = []
        var width = 0
        let padding = try padding()
        var lists: [(String, [UInt8])] = []
        var done: UInt64 = 0
        while done < eventCount {
            let bytes: [UInt8]
            if index > 0, index % headsInterval == 0, index != headsIndex {
                headsIndex = index
                bytes = try headsEntry(isLast: eventCount - done < headsInterval, lists: &lists)
            } else {
                bytes = try event(done, padding: padding)
                done += 1
            }
            let leaf = hasher.leaf(bytes)
            remember(leaf)
            EntryBundle.append(bytes, to: &bundle)
            width += 1
            try tree.append(leaf, hasher: &hasher) { try write($0.path.path, $0.bytes) }
            if width == TilePath.fullWidth {
                try write(TilePath(kind: .entries, index: index / UInt64(width)).path, bundle)
                bundle.removeAll(keepingCapacity: true)
                width = 0
            }
            index += 1
        }
        if width > 0 {
            try write(TilePath(kind: .entries, index: index / UInt64(TilePath.fullWidth), width: width).path, bundle)
        }
        for tile in tree.partialTiles { try write(tile.path.path, tile.bytes) }
        for (path, bytes) in lists { try write(path, bytes) }
        var note = SignedNote(
            text: Checkpoint(origin: origin, size: index, root: tree.root(hasher: &hasher)).text)
        try note.sign(name: origin, key: key)
        try write("checkpoint", note.bytes)
    }

    private var newest: (object: Int?, sequence: UInt64) = (nil, 0)

    private mutating func remember(_ leaf: MerkleHash) {
        let head = (newest.sequence, EntryLink(leafHash: leaf, index: index))
        if let object = newest.object { chains[object] = head } else { own = head }
    }

    private mutating func event(_ number: UInt64, padding: Int) throws -> [UInt8] {
        // A stride that is coprime to most counts visits all objects, and successive events are far apart.
        let object = Int((number &* 7_919) % objectCount)
        let chain = chains[object]
        newest = (object, chain.map { $0.sequence + 1 } ?? 0)
        return try Entry(
            object: LogScript.object(object), sequence: newest.sequence, previous: chain?.link,
            recordedAtMilliseconds: 1_700_000_000_000 + number, actor: LogScript.actor,
            event: LogScript.inspection(Int(number), padding: padding)
        ).encoded()
    }

    private mutating func headsEntry(isLast: Bool, lists: inout [(String, [UInt8])]) throws -> [UInt8] {
        let heads = self.heads()
        if isLast { HeadsList.write(index: index, sortedHeads: heads) { lists.append(($0, $1)) } }
        let statement = ObjectHead.statement(entryCount: index, sortedHeads: heads)
        newest = (nil, own.map { $0.sequence + 1 } ?? 0)
        return try Entry(
            object: .log, sequence: newest.sequence, previous: own?.link,
            recordedAtMilliseconds: 1_700_000_000_000 + index - newest.sequence, actor: "", event: .heads(statement)
        ).encoded()
    }

    private func heads() -> [ObjectHead] {
        var heads: [ObjectHead] = []
        heads.reserveCapacity(chains.count + 1)
        if let own { heads.append(ObjectHead(object: .log, sequence: own.sequence, link: own.link)) }
        for object in sorted {
            guard let chain = chains[object] else { continue }
            heads.append(
                ObjectHead(object: LogScript.object(object), sequence: chain.sequence, link: chain.link))
        }
        return heads
    }

    private func padding() throws -> Int {
        let bare = try Entry(
            object: LogScript.object(1), sequence: 100,
            previous: EntryLink(leafHash: .emptyRoot, index: 100_000), recordedAtMilliseconds: 1_700_000_000_000,
            actor: LogScript.actor, event: LogScript.inspection(0, padding: 60)
        ).encoded()
        return max(24, 60 + entryByteCount - bare.count)
    }
}
