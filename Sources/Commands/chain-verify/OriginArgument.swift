import ArgumentParser
import TraceLog

/// The log's name in its checkpoints, where it differs from its key's name.
struct OriginArgument: ParsableArguments {
    static let hint = "fetch the checkpoint of this log, or give --origin where its key has another name than the log"

    @Option(
        help: """
            The log's name, which is the first line of its checkpoints, where it differs from its key's name and no \
            anchor or state states it. C2SP requires both names to be the same, and some logs (Rekor v1) are older. \
            One key may then sign several logs, which only this option tells apart.
            """)
    var origin: String?

    /// Whether a checkpoint belongs to the wanted log; without origin and key, every checkpoint does.
    func matches(_ checkpoint: Checkpoint, signedBy key: NoteKey?) -> Bool {
        (origin ?? key?.name).map { checkpoint.isOf($0) } ?? true
    }
}
