import Signing
import TraceLog

/// The log's tiles, which the browser fetches.
enum LogTiles {
    /// The nodes of a tree of `size` leaves; a tile that is not here yet becomes a question, and its hashes zeros.
    static func nodes(size: UInt64) -> TileNodeSource {
        TileNodeSource(size: size) { (path) throws(TraceLogError) in
            let byteCount = path.width * MerkleHash.byteCount
            guard let answer = Outside.answer(.tile, Array(path.path.utf8)) else {
                return [UInt8](repeating: 0, count: byteCount)
            }
            guard answer.first == 1 else {
                throw TraceLogError(
                    code: .malformedTile, reason: "\(path.path) is missing", hint: "serve all tiles of the log")
            }
            return Array(answer.dropFirst())
        }
    }
}
