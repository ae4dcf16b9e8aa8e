extension TileNodeSource {
    /// Reads a log's tiles; a full tile may have replaced a partial one.
    package init(size: UInt64, source: some AuditSource) {
        self.init(size: size) { path throws(TraceLogError) in
            let file: StoredFile?
            do throws(AuditSourceError) {
                file = try StoredFile(path, source: source)
            } catch {
                throw .unreadable(error)
            }
            guard let file else {
                throw TraceLogError(
                    code: .malformedTile, reason: "\(path.path) is missing", hint: "serve all tiles of the log")
            }
            guard file.isFullFile else { return file.bytes }
            return Array(file.bytes.prefix(path.width * MerkleHash.byteCount))
        }
    }
}
