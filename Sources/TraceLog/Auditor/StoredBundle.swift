/// An entry bundle as it is stored, whole or broken, with the places of the entries that could be separated.
struct StoredBundle: Sendable {
    let bytes: [UInt8]
    let places: EntryPlaces
    /// Whether the bytes end where an entry ends.
    let endsClean: Bool

    /// Separates the entries, at most `width` of them.
    ///
    /// `isFullFile` says that the file may hold further entries, of a larger tree.
    init(bytes: [UInt8], width: Int, isFullFile: Bool) {
        var position = 0
        let places = EntryPlaces(capacity: width) {
            guard bytes.count - position >= 2 else { return nil }
            let byteCount = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard bytes.count - position - 2 >= byteCount else { return nil }
            defer { position += 2 + byteCount }
            return position + 2..<position + 2 + byteCount
        }
        endsClean = position == bytes.count || (isFullFile && places.count == width)
        self.bytes = bytes
        self.places = places
    }
}

/// A tile or bundle as the source delivered it.
struct StoredFile: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Whether it is the full file in place of a partial one: the log has grown since the checkpoint.
    private(set) var isFullFile = false

    init() {}

    /// Reads the file of exactly that width, or the full one that replaced it; nil when both are missing.
    init?(_ path: TilePath, source: some AuditSource) throws(AuditSourceError) {
        guard try read(path, source: source) else { return nil }
    }

    /// Reads another file into this value; false, with no bytes, when it is missing.
    mutating func read(_ path: TilePath, source: some AuditSource) throws(AuditSourceError) -> Bool {
        let byteCountMax =
            path.kind == .entries ? EntryBundle.byteCountMax : TilePath.fullWidth * MerkleHash.byteCount
        isFullFile = false
        if try source.read(path.path, byteCountMax: byteCountMax, into: &bytes) { return true }
        isFullFile = true
        let full = TilePath(kind: path.kind, index: path.index).path
        if path.isPartial, try source.read(full, byteCountMax: byteCountMax, into: &bytes) { return true }
        self = StoredFile()
        return false
    }

    /// The first position where this tile differs from `hashes`; nil when it equals them.
    func difference(from hashes: [MerkleHash]) -> Int? {
        if !isFullFile, hashes.isSame(as: bytes) { return nil }
        let stored = bytes.count / MerkleHash.byteCount
        for position in 0..<min(stored, hashes.count)
        where MerkleHash(bytes.span, at: position * MerkleHash.byteCount) != hashes[position] {
            return position
        }
        if stored < hashes.count { return stored }
        let expected = isFullFile ? TilePath.fullWidth : hashes.count
        return bytes.count == expected * MerkleHash.byteCount ? nil : max(hashes.count - 1, 0)
    }
}
