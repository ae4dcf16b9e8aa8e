package import TraceLog

/// The published files as an auditor reads them.
package struct TileSource: AuditSource {
    private let tiles: any TileStore

    package init(tiles: any TileStore) {
        self.tiles = tiles
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        let bytes: [UInt8]?
        do {
            bytes = try tiles.read(path)
        } catch {
            throw AuditSourceError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
        guard bytes?.count ?? 0 <= byteCountMax else {
            throw AuditSourceError(
                code: .tooLarge, reason: "\(path) of the published log has more than \(byteCountMax) bytes",
                hint: StorageError.restoring)
        }
        return bytes
    }
}
