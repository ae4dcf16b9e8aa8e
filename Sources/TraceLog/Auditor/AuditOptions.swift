/// What an audit holds the log to.
package struct AuditOptions: Sendable {
    /// Which actor signatures are checked.
    package enum Signatures: String, Sendable, CaseIterable {
        /// Every one.
        case all
        /// Those that cover a batch, each once.
        case batch
        case none
    }

    /// The log's own key; without it no log is called intact.
    package var key: NoteKey?
    /// What the log calls itself in its checkpoints; nil for the key's name, or that in a trusted checkpoint.
    package var origin: String?
    /// Checkpoints that the caller trusts.
    package var anchors: [Checkpoint] = []
    package var remembered: Checkpoint?
    /// How many of the remembered log's entries an audit has replayed whole.
    package var auditedEntryCount: UInt64 = 0
    package var policy: WitnessPolicy?
    package var signatures = Signatures.all
    package var openings: OpeningIndex?
    /// Checks tiles and checkpoint only, of any tlog-tiles log; entries are opaque.
    package var tilesOnly = false
    package var threadCount = 2
    /// Told now and then how many entries are done, of how many.
    package var progress: (@Sendable (_ done: UInt64, _ size: UInt64) -> Void)?

    package init() {}
}
