import Encoding

/// A statement of every object's newest entry: `{0: 3, 1: entry count, 2: object count, 3: root}`.
///
/// `root` is the RFC 6962 root over the list of all objects' heads, sorted by object id; see ``ObjectHead``. The
/// entries covered are those before `entryCount`, which is the statement's own index.
package struct HeadsStatement: Sendable, Equatable {
    static let misplacedDetail = "the heads entry stands outside the log's own chain"

    package var entryCount: UInt64
    package var objectCount: UInt64
    package var root: MerkleHash

    package init(entryCount: UInt64, objectCount: UInt64, root: MerkleHash) {
        self.entryCount = entryCount
        self.objectCount = objectCount
        self.root = root
    }

    func write(to writer: inout CBORWriter) {
        writer.map(count: 4)
        writer.unsigned(0)
        writer.unsigned(LogEvent.Kind.heads.rawValue)
        writer.unsigned(1)
        writer.unsigned(entryCount)
        writer.unsigned(2)
        writer.unsigned(objectCount)
        writer.unsigned(3)
        writer.byteString(root.bytes)
    }

    static func read(_ reader: inout EntryReader, _ map: inout EventMapReader) throws(TraceLogError) -> HeadsStatement {
        try map.expect(1, &reader)
        let entryCount = try reader.readUnsigned()
        try map.expect(2, &reader)
        let objectCount = try reader.readUnsigned()
        try map.expect(3, &reader)
        let root = try Entry.readHash(&reader)
        try map.finish(&reader)
        return HeadsStatement(entryCount: entryCount, objectCount: objectCount, root: root)
    }
}
