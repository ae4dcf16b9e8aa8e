package import TraceLog

/// The witnesses that a log asks to cosign its checkpoints (C2SP tlog-witness).
package protocol CheckpointCosigners: Sendable {
    /// Asks for a new checkpoint, whose tiles are written, and waits a short time.
    ///
    /// - Parameter note: the checkpoint with the log's own signature.
    /// - Returns: the note with the cosignatures that came in time.
    func cosigned(_ note: SignedNote) async -> SignedNote

    /// Asks the witnesses that have not cosigned this published checkpoint lately, and does not wait.
    func look(at note: SignedNote)

    /// The note with every cosignature of it that has come; nil when the note has them all.
    func merged(into note: SignedNote) -> SignedNote?
}
