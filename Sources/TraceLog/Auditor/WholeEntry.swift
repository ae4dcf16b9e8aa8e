/// An entry that was read whole, and what its signature must be over.
struct WholeEntry: Sendable {
    /// Which entries an audit reads whole, beside those that are no plain events.
    struct Rules: Sendable {
        let signatures: AuditOptions.Signatures
        /// Whether commitments are held to openings.
        let checksOpenings: Bool
        /// The object whose entries are kept.
        let watched: ObjectKey?

        func mustRead(_ entry: ScannedEntry) -> Bool {
            entry.kind != .observed || entry.hasCommitments || signatures == .all
                || (signatures == .batch && entry.isSigned) || entry.object == watched
        }

        func mustKeep(_ entry: Entry, _ scanned: ScannedEntry) -> Bool {
            scanned.kind != .observed || (checksOpenings && scanned.hasCommitments) || mustCheck(entry.signature)
                || scanned.object == watched
        }

        func mustCheck(_ signature: ActorSignature?) -> Bool {
            switch (signature, signatures) {
            case (nil, _), (_, .none), (.alone, .batch): false
            default: true
            }
        }
    }

    /// A signature, and the message that it must be over.
    struct Claim: Sendable, Equatable {
        let signature: [UInt8]
        let message: [UInt8]
        let isOfBatch: Bool
    }

    /// Where in its bundle it stands.
    let position: Int
    let entry: Entry
    /// What its signature claims; nil where that is not asked for, or where its path does not lead to a batch.
    let claim: Claim?

    init(position: Int, entry: Entry, rules: Rules) {
        self.position = position
        self.entry = entry
        guard rules.mustCheck(entry.signature), let signature = entry.signature,
            let signed = try? entry.signedBytes(), let claim = signature.claim(signedBytes: signed)
        else {
            self.claim = nil
            return
        }
        let isOfBatch = if case .batch = signature { true } else { false }
        self.claim = Claim(signature: claim.signature, message: claim.message, isOfBatch: isOfBatch)
    }
}
