import Storage
import TraceLog

/// A published log: its newest checkpoint, checked against the log's key and the beat, and its other files.
struct PublishedLog: Sendable {
    let name: LogName
    let checkpoint: Checkpoint
    /// The note with the checkpoint and its signatures.
    let note: [UInt8]
    /// The log's other files, which anybody may have changed; nil where the folder has none.
    let tiles: LogDirectory?

    private static let checkpointName = PublishedCheckpoint.name

    /// Reads the newest checkpoint: the folder's own, or the one that lies with the log's other files.
    ///
    /// The log of acts grows each minute, so that its copies are nearly always a little older than the beat. It must not
    /// keep the service from coming back: it stays closed until it reaches the beat.
    ///
    /// - Returns: nil for the log of acts where the folder has no checkpoint of it.
    /// - Throws: `published_checkpoint_missing`, `_foreign` or `_old`, `published_unreadable`, `log_forked`.
    init?(_ name: LogName, in folder: PublishedFolder, _ key: NoteKey, beat: Beat?) throws(OperationError) {
        var found: [(checkpoint: Checkpoint, note: [UInt8])] = []
        let places = ["\(name.folder)/\(Self.checkpointName)"] + (name == .trace ? [Self.checkpointName] : [])
        for place in places {
            guard let bytes = try folder.read(place, byteCountMax: SignedNote.byteCountMax) else { continue }
            found.append((try Self.checkpoint(bytes, place, folder, key), bytes))
        }
        guard let newest = found.max(by: { $0.checkpoint.size < $1.checkpoint.size }) else {
            guard name == .trace else { return nil }
            throw folder.missing("checkpoint", places.last ?? Self.checkpointName)
        }
        guard
            found.allSatisfy({ other in
                other.checkpoint.size < newest.checkpoint.size || other.checkpoint.root == newest.checkpoint.root
            })
        else { throw Self.forked("the folder's two checkpoints") }
        (self.name, checkpoint, note) = (name, newest.checkpoint, newest.note)
        tiles = folder.tiles(of: name)
        if name == .trace, let known = beat?.checkpoint { try Self.check(newest.checkpoint, against: known, folder) }
        if name == .acts, let known = beat?.acts, known.size == newest.checkpoint.size {
            guard known.root == newest.checkpoint.root else {
                throw Self.forked("the published checkpoint and the beat's checkpoint")
            }
        }
    }

    private static func check(
        _ checkpoint: Checkpoint, against newest: Beat.LogPoint, _ folder: PublishedFolder
    ) throws(OperationError) {
        guard checkpoint.size >= newest.size else {
            throw folder.old(
                "checkpoint", "the checkpoint has \(checkpoint.size) entries, and the newest has \(newest.size)")
        }
        guard checkpoint.size > newest.size || checkpoint.root == newest.root else {
            throw forked("the published checkpoint and the beat's checkpoint")
        }
    }

    private static func checkpoint(
        _ bytes: [UInt8], _ place: String, _ folder: PublishedFolder, _ key: NoteKey
    ) throws(OperationError) -> Checkpoint {
        let note: SignedNote
        let checkpoint: Checkpoint
        do {
            note = try SignedNote(bytes: bytes)
            checkpoint = try Checkpoint(text: note.text)
        } catch {
            throw folder.unreadable(place, error.reason)
        }
        guard checkpoint.isOf(key.name), note.isSigned(by: key) else {
            throw folder.foreign("checkpoint", "is not signed by this installation's log key")
        }
        return checkpoint
    }

    private static func forked(_ what: String) -> OperationError {
        OperationError(
            code: .publishedLogForked, reason: "\(what) have the same size and different roots",
            hint: "stop, and keep both: two different histories were signed with this log's key")
    }
}
