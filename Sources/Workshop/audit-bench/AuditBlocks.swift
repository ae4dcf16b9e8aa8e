import TraceLog

/// The number of 64-byte blocks that SHA-256 compresses in an audit of a log, including padding.
struct AuditBlocks {
    private static let nodeBlockCount = 2

    /// The blocks of the leaves, of the tree over them, and of every heads entry's list.
    let count: Int

    init(_ source: LogFolderSource, size: UInt64) throws {
        var count = 0
        for bundle in 0..<(size + 255) / 256 {
            let width = TilePath.width(kind: .entries, index: bundle, size: size)
            let path = TilePath(kind: .entries, index: bundle, width: width).path
            guard let bytes = try source.read(path, byteCountMax: EntryBundle.byteCountMax) else { continue }
            let entries = try EntryBundle(bytes: bytes, width: width)
            for position in 0..<width {
                let entry = entries.entry(position)
                count += Self.leafBlockCount(byteCount: entry.count)
                // The log's own entries are the only ones with an empty identifier in the third byte.
                guard entry.dropFirst(2).first == 0x40, case .heads(let heads) = try Entry.decode(entry).event else {
                    continue
                }
                let head = 4 + 9 + 2 + 34 + 5
                count += Int(heads.objectCount) * (Self.leafBlockCount(byteCount: head) + Self.nodeBlockCount)
            }
        }
        self.count = count + Int(size) * Self.nodeBlockCount
    }

    private static func leafBlockCount(byteCount: Int) -> Int { (1 + byteCount + 9 + 63) / 64 }
}
