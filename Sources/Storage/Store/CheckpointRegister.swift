/// The one place that has a log's newest checkpoint.
///
/// Whoever publishes replaces the checkpoint that its own tree grew from, and no other. So two publishers can never
/// both go on from one checkpoint.
package protocol CheckpointRegister: Sendable {
    /// Reads the newest checkpoint.
    ///
    /// - Returns: the signed note's bytes; nil when no checkpoint was ever published.
    /// - Throws: `log_unreadable` for a checkpoint that is there and cannot be read whole; `log_unwritable` for a fault
    ///   that passes by itself, or an error of the database where one has the checkpoint.
    func head() throws -> [UInt8]?

    /// Replaces the newest checkpoint if it still has the expected bytes.
    ///
    /// - Parameters:
    ///   - expected: the bytes of the checkpoint to replace; nil to publish a log's first checkpoint.
    ///   - bytes: the new checkpoint. It outlasts a power failure once this returns.
    ///   - announce: runs between the comparison and the write, and not at all when the comparison fails. An error from
    ///     it leaves the checkpoint as it was. Where no lock holds off other machines (object storage), another writer
    ///     may come in after the announcement; the write is refused then.
    /// - Returns: whether the checkpoint was replaced.
    /// - Throws: the error of `announce`; `log_unreadable`, after which nothing is replaced; `log_unwritable`, also
    ///   while another writer is at work. After `log_unwritable` either of the two checkpoints may be there.
    func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement

    /// Brings the copy that readers get up to the newest checkpoint, where the two lie in different places.
    ///
    /// - Throws: `log_inconsistent` when another program has replaced the copy; an error of the copy's place.
    func bringUpCopy() throws
}

extension CheckpointRegister {
    package func bringUpCopy() throws {}
}

/// The outcome of a replacement.
package enum CheckpointReplacement: Sendable, Equatable {
    case replaced
    /// The checkpoint was not the expected one, and stays.
    case refused(present: [UInt8]?)
}
