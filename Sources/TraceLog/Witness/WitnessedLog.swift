/// One log that a witness knows, with the newest checkpoint that the witness has cosigned.
package struct WitnessedLog: Sendable, Equatable {
    /// The log's own key.
    package let key: NoteKey
    /// The log's name in its checkpoints.
    package let origin: String
    /// The newest cosigned checkpoint; nil when none was cosigned yet.
    package private(set) var newest: Checkpoint?

    package init(key: NoteKey, origin: String, newest: Checkpoint? = nil) {
        (self.key, self.origin, self.newest) = (key, origin, newest)
    }

    /// The reason for which a checkpoint is not cosigned; nil when it must be.
    ///
    /// The order of the checks is that of C2SP tlog-witness 1.1, `add-checkpoint`.
    package func refusal(of request: CosigningRequest) -> WitnessAnswer? {
        let checkpoint = request.checkpoint
        guard checkpoint.isOf(origin) else { return .unknownLog }
        guard request.note.isSigned(by: key) else { return .unsigned }
        guard request.oldSize <= checkpoint.size else {
            return .malformed("the old size exceeds the checkpoint's size")
        }
        let (size, root) = (newest?.size ?? 0, newest?.root ?? .emptyRoot)
        guard request.oldSize == size else { return .conflict(size: size) }
        guard checkpoint.size > 0 || checkpoint.root == .emptyRoot else { return .inconsistent }
        let proof = ConsistencyProof(oldSize: size, newSize: checkpoint.size, path: request.path)
        return proof.isValid(oldRoot: root, newRoot: checkpoint.root) ? nil : .inconsistent
    }

    /// Takes a checkpoint that was not refused as the newest.
    package mutating func accept(_ checkpoint: Checkpoint) {
        newest = checkpoint
    }
}
