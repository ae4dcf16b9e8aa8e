/// Compares a published heads list with its heads entry.
package enum HeadsListAudit {
    /// Reads a whole list and compares it with the statement of its heads entry.
    ///
    /// - Parameters:
    ///   - index: the heads entry's index.
    ///   - statement: the heads entry's statement.
    ///   - source: the log.
    /// - Returns: a finding for the first fault; none where the list is right or is not published.
    /// - Throws: `AuditSourceError`.
    package static func check(
        index: UInt64, statement: HeadsStatement, source: some AuditSource
    ) throws(AuditSourceError) -> [AuditFinding] {
        guard statement.objectCount <= index else {
            return [
                AuditFinding(
                    .headsMismatch, index: index, object: [],
                    detail: "the heads entry states more objects than there are entries")
            ]
        }
        let list = SubtreeSource(folder: HeadsList.folder(of: index), source: source)
        let bundleCount = (statement.objectCount + UInt64(TilePath.fullWidth) - 1) / UInt64(TilePath.fullWidth)
        var tree = TreeAudit(
            checkpoint: Checkpoint(origin: "", size: statement.objectCount, root: statement.root),
            options: AuditOptions())
        var memory = BundleMemory()
        for number in 0..<bundleCount {
            let digest = try BundleDigest(
                number: number, size: statement.objectCount, source: list, tilesOnly: true, memory: &memory)
            if number == 0, digest.isMissing { return [] }
            try tree.accept(digest, source: list)
            if digest.hashes.isEmpty { break }
        }
        guard let first = try tree.finish(source: list).sorted(by: AuditFinding.precedes).first else { return [] }
        // A log that has grown meanwhile may have removed its older list.
        guard try isPublished(statement, source: list) else { return [] }
        return [
            AuditFinding(
                .headsMismatch, index: index, object: [],
                detail: "the published heads list does not match the heads entry: \(first.detail)")
        ]
    }

    private static func isPublished(
        _ statement: HeadsStatement, source: some AuditSource
    ) throws(AuditSourceError) -> Bool {
        // A list of nothing has no file that could be missing.
        guard statement.objectCount > 0 else { return true }
        let width = TilePath.width(kind: .entries, index: 0, size: statement.objectCount)
        return try StoredFile(TilePath(kind: .entries, index: 0, width: width), source: source) != nil
    }
}
