/// What an audit compares the log with, and which checks it makes.
package struct AuditOptions: Sendable {
    /// Which actor signatures are checked.
    package enum Signatures: String, Sendable, CaseIterable {
        /// Every one.
        case all
        /// Those that cover a batch, each once.
        case batch
        case none

        /// Whether an entry's signature is one that is checked.
        func includes(_ signature: ActorSignature?) -> Bool {
            switch (self, signature) {
            case (_, nil), (.none, _), (.batch, .alone): false
            case (.all, _), (.batch, .batch): true
            }
        }
    }

    /// The log's own key; without it no log is called intact.
    package var key: NoteKey?
    /// The log's own name in its checkpoints; nil for the key's name, or for the origin of a trusted checkpoint.
    package var origin: String?
    /// Checkpoints that the caller trusts.
    package var anchors: [Checkpoint] = []
    /// The checkpoint that an earlier audit accepted.
    package var remembered: Checkpoint?
    /// The number of the remembered log's entries that an audit has replayed.
    package var auditedEntryCount: UInt64 = 0
    package var policy: WitnessPolicy?
    /// The period in which a cosignature must have been made; without it none counts.
    package var cosignaturePeriod: CosignaturePeriod?
    package var signatures = Signatures.all
    package var openings: OpeningIndex?
    /// Checks tiles and checkpoint only, of any tlog-tiles log, and does not look into entries.
    package var tilesOnly = false
    package var threadCount = 2
    /// Called now and then with the number of entries done and the log's size.
    package var progress: (@Sendable (_ done: UInt64, _ size: UInt64) -> Void)?

    package init() {}
}
