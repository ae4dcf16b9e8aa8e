/// An entry that was read whole, and the message that its signature must cover.
struct WholeEntry: Sendable {
    /// Which entries an audit reads whole, besides those that are no plain events.
    struct Rules: Sendable {
        let signatures: AuditOptions.Signatures
        /// Whether commitments are compared with openings.
        let checksOpenings: Bool
        /// The object whose entries are kept.
        let watched: ObjectKey?

        func mustRead(_ entry: ScannedEntry) -> Bool {
            entry.kind != .observed || entry.hasCommitments || signatures == .all
                || (signatures == .batch && entry.isSigned) || entry.object == watched
        }

        func mustKeep(_ entry: Entry, _ scanned: ScannedEntry) -> Bool {
            scanned.kind != .observed || (checksOpenings && scanned.hasCommitments)
                || signatures.includes(entry.signature) || scanned.object == watched
        }
    }

    /// The entry's position in its bundle.
    let position: Int
    let entry: Entry
    /// The signature to check; nil where none is asked for, or where its hash path does not lead to a batch root.
    let claim: SignatureClaim?

    init(position: Int, entry: Entry, rules: Rules) {
        self.position = position
        self.entry = entry
        claim = rules.signatures.includes(entry.signature) ? entry.signatureClaim : nil
    }
}
