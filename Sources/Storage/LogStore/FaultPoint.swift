/// A point where work is half done and a crash test may end the process.
package enum FaultPoint: String, Sendable, CaseIterable {
    case entryInserted = "entry_inserted"
    case committed
    case openingErased = "opening_erased"
    case erasureCommitted = "erasure_committed"
    case headsListed = "heads_listed"
    case fileWritten = "file_written"
    case fileRenamed = "file_renamed"
    case entriesRead = "entries_read"
    case tilesWritten = "tiles_written"
    case checkpointSigned = "checkpoint_signed"
    case headAnnounced = "head_announced"
    case headSwapped = "head_swapped"
    case checkpointPublished = "checkpoint_published"
}

/// The action at a fault point: nothing in service, and the end of the process in a crash test.
package typealias FaultInjection = @Sendable (FaultPoint) -> Void
