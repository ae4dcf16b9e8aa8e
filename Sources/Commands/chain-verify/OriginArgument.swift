import ArgumentParser
import TraceLog

/// What a log is called in its checkpoints, where that is not the name of its key.
struct OriginArgument: ParsableArguments {
    static let hint = "fetch the checkpoint of this log, or give --origin where its key has another name than the log"

    @Option(
        help: """
            What the log calls itself, the first line of its checkpoints, where that is neither its key's name nor \
            in an anchor or state: C2SP asks that both names be the same, and some logs (Rekor v1) are older than \
            that. One key may then sign two logs, which only this tells apart.
            """)
    var origin: String?

    /// Whether a checkpoint is of the log that was asked for; any is where neither origin nor key is given.
    func holds(_ checkpoint: Checkpoint, signedBy key: NoteKey?) -> Bool {
        (origin ?? key?.name).map { checkpoint.isOf($0) } ?? true
    }
}
