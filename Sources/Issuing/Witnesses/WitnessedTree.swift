import Platform
import Storage
import TraceLog

/// This log's side of a question to a witness: its key, its published tiles, and its entries.
struct WitnessedTree: Sendable {
    let key: NoteKey
    let tiles: any TileStore
    let store: TraceLogStore

    /// The hashes of the proof from an earlier size to a checkpoint, whose tiles are written.
    func path(from oldSize: UInt64, to checkpoint: Checkpoint) throws(WitnessTrouble) -> [MerkleHash] {
        var nodes = TileNodeSource(size: checkpoint.size, source: TileSource(tiles: tiles))
        do {
            return try ConsistencyProof(oldSize: oldSize, newSize: checkpoint.size, from: &nodes).path
        } catch {
            throw WitnessTrouble(.proofUnreadable)
        }
    }

    /// What a witness's copy of a checkpoint proves against this log.
    ///
    /// Only this log's own signature is proof: a witness can claim any size.
    ///
    /// - Parameters:
    ///   - bytes: a signed note, as the witness serves it.
    ///   - published: the newest checkpoint whose tiles are written; nil before the first.
    ///   - witness: the witness's name.
    /// - Returns: `log_behind_witness` or `log_forked_witness`; nil where the note proves nothing against this log.
    /// - Throws: an error of the registry, or of a tile that cannot be read.
    func contradiction(in bytes: [UInt8], published: Checkpoint?, from witness: String) throws -> LogError? {
        guard let note = try? SignedNote(bytes: bytes), note.keeping(signaturesOf: [key]).isSigned(by: key),
            let found = try? Checkpoint(text: note.text), found.isOf(key.name)
        else { return nil }
        // After a recovery the log knows by itself how far it is behind.
        if let floor = try store.floor(), floor.size >= found.size { return nil }
        let count = try store.count()
        guard found.size <= count else {
            return LogError(
                code: .logBehindWitness,
                reason: "the witness \(witness) has a checkpoint of this log over \(found.size) entries, "
                    + "and the log has \(count)",
                hint: "do not go on with this copy: restore the newest state, or run `suishen recover` with the newest "
                    + "published folder; if the entries are lost for good, take the witness out of the settings")
        }
        guard let published, found.size <= published.size else { return nil }
        var nodes = TileNodeSource(size: published.size, source: TileSource(tiles: tiles))
        guard try nodes.root(count: found.size) != found.root else { return nil }
        return LogError(
            code: .logForkedWitness,
            reason: "the witness \(witness) has a checkpoint of this log over other first \(found.size) entries",
            hint: "find the other daemon that signs with this log's key, stop it, and keep both checkpoints: together "
                + "they prove the fork")
    }
}
