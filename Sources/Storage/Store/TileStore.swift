package import TraceLog

/// The storage of a published log's files except its checkpoint: tiles, entry bundles and heads lists.
///
/// A file has its path of the tlog-tiles layout, such as `tile/0/000` or `heads/65536/tile/0/000`, and never changes.
/// A file that was never made and a file that cannot be read are different answers.
package protocol TileStore: Sendable {
    /// Reads a whole file.
    ///
    /// - Returns: nil when no file was made at this path.
    /// - Throws: `log_unreadable` for a file that is there and cannot be read whole; `log_unwritable` for a fault that
    ///   passes by itself. Object storage throws `tiles_silent` then, `tiles_refused`, and
    ///   `tiles_unsafe` before a write.
    func read(_ path: String) throws(LogError) -> [UInt8]?

    /// Whether a file is there that ``read(_:)-(String)`` can read; its bytes are not fetched.
    ///
    /// - Throws: the errors of ``read(_:)-(String)``.
    func exists(_ path: String) throws(LogError) -> Bool

    /// Makes a file, which readers see whole or not at all; it is certainly kept once ``sync(_:)`` has returned.
    ///
    /// A store may write while its caller goes on; ``sync(_:)`` then throws the error of the write.
    ///
    /// - Throws: `log_inconsistent` when the path has a file with other bytes, which stays; the same bytes are no error.
    ///   `log_unwritable` when the file could not be written.
    func writeOnce(_ bytes: [UInt8], at path: String) throws(LogError)

    /// Makes a file, or replaces one that may change, which no file under a checkpoint may; it outlasts a power failure
    /// once this returns. Readers see the old or the new bytes, whole.
    ///
    /// - Parameters:
    ///   - bytes: the new content.
    ///   - path: the file.
    ///   - expected: the bytes that the file must still have; nil where there must be none yet.
    /// - Returns: false for a file with other bytes, which stays.
    /// - Throws: `log_unwritable`.
    func replace(_ bytes: [UInt8], at path: String, expecting expected: [UInt8]?) throws(LogError) -> Bool

    /// Returns once the files that were written at these paths outlast a power failure.
    ///
    /// - Throws: `log_unwritable`; the error of a write that ``writeOnce(_:at:)`` began.
    func sync(_ paths: [String]) throws(LogError)

    /// Makes all files of a folder again, and returns once they outlast a power failure.
    ///
    /// A store may show readers a part of the folder before this returns; no checkpoint leads them there yet. Object
    /// storage never takes a file away that is written again: a publisher that was paused and goes on writes what another
    /// one has published meanwhile, and readers must not miss it. There, an error leaves the files that were written.
    ///
    /// - Parameters:
    ///   - folder: the folder's path, without a last slash; an earlier folder at this path is replaced.
    ///   - fill: writes the files by their paths in the folder; elsewhere an error from it leaves no folder.
    /// - Returns: the value of `fill`.
    /// - Throws: the error of `fill`, or `log_unwritable`.
    func writeFolder<Value>(
        _ folder: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
    ) throws -> Value

    /// The names directly in a folder, in any order; none when nothing was made in it.
    ///
    /// - Throws: `log_unreadable`.
    func list(_ folder: String) throws(LogError) -> [String]

    /// Removes a folder with its files. A failure is not reported: surplus files do no harm.
    func remove(_ folder: String)

    /// Removes the remains of writes that a crash cut off, and returns their names.
    func discardUnfinished() -> [String]
}

extension TileStore {
    /// Reads a tile that must exist.
    ///
    /// - Throws: `log_unreadable`, also when there is no such file.
    func read(_ tile: TilePath) throws(LogError) -> [UInt8] {
        guard let bytes = try read(tile.path) else { throw .missing(tile.path) }
        return bytes
    }

    /// Reads a tile or bundle; for a partial one that is full by now, it cuts the full one.
    ///
    /// - Returns: nil when the file does not exist.
    /// - Throws: `log_unreadable`; `malformed_bundle` when the stored bundle is cut short.
    package func published(_ tile: TilePath) throws -> [UInt8]? {
        if let bytes = try read(tile.path) { return bytes }
        guard tile.isPartial, let bytes = try read(TilePath(kind: tile.kind, index: tile.index).path) else {
            return nil
        }
        switch tile.kind {
        case .hashes: return Array(bytes.prefix(tile.width * MerkleHash.byteCount))
        case .entries:
            let bundle = try EntryBundle(bytes: bytes, width: TilePath.fullWidth)
            return Array(bytes.prefix(bundle.ranges[tile.width - 1].upperBound))
        }
    }

    /// Removes the partial forms of a tile that is full now; readers then get the full tile.
    func removePartials(of tile: TilePath) {
        remove(tile.path + ".p")
    }
}
