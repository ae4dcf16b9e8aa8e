package import TraceLog

/// A way to tamper with a log.
package enum Tampering: String, CaseIterable, Sendable {
    case flipEntry = "flip-entry"
    case flipTile = "flip-tile"
    case flipUpperTile = "flip-upper-tile"
    case flipCheckpoint = "flip-checkpoint"
    case flipHeadsList = "flip-heads-list"
    case foreignTile = "foreign-tile"
    case stalePartialTile = "stale-partial-tile"
    case missingBundle = "missing-bundle"
    case longBundle = "long-bundle"
    case deleteEntry = "delete-entry"
    case insertEntry = "insert-entry"
    case swapEntries = "swap-entries"
    case moveEntry = "move-entry"
    case malformedEntry = "malformed-entry"
    case repeatEvent = "repeat-event"
    case sameSequence = "same-sequence"
    case clockBack = "clock-back"
    case revokedKey = "revoked-key"
    case revivedKey = "revived-key"
    case forgedSignature = "forged-signature"
    case flippedSignature = "flipped-signature"
    case foreignSignature = "foreign-signature"
    case forgedBatch = "forged-batch"
    case missingBatchMember = "missing-batch-member"
    case hideNewest = "hide-newest"
    case lyingHeads = "lying-heads"
    case hideEarlier = "hide-earlier"
    case strayHeads = "stray-heads"
    case strayKeyStatus = "stray-key-status"
    case lostOpening = "lost-opening"
    case foreignErasure = "foreign-erasure"
    case earlyErasure = "early-erasure"
    case copiedCommitment = "copied-commitment"
    case secondOrigin = "second-origin"
    case cutTail = "cut-tail"
    case oldCheckpoint = "old-checkpoint"
    case fork
    case rewriteObject = "rewrite-object"
    case rewriteAll = "rewrite-all"
    case boundlessSize = "boundless-size"

    /// The attacker who can tamper in this way.
    package enum Attacker: String, Sendable {
        /// Somebody who can change the log's files.
        case anyone
        /// Somebody who also holds the log's key, and signs a checkpoint over the changed log.
        case keyHolder
    }

    package var attacker: Attacker {
        switch self {
        case .flipEntry, .flipTile, .flipUpperTile, .flipCheckpoint, .flipHeadsList, .foreignTile, .stalePartialTile,
            .missingBundle, .longBundle:
            .anyone
        default: .keyHolder
        }
    }

    /// Whether the log agrees with itself, so that only an anchor, a remembered state or a witness shows the tampering.
    package var agreesWithItself: Bool {
        [.cutTail, .oldCheckpoint, .fork, .rewriteObject, .rewriteAll].contains(self)
    }

    /// Whether only openings show the tampering: the auditor is given the remaining openings.
    package var needsOpenings: Bool {
        [.lostOpening, .foreignErasure, .earlyErasure, .copiedCommitment].contains(self)
    }

    /// A description in one line.
    package var summary: String {
        switch self {
        case .flipEntry: "flip a bit of an entry"
        case .flipTile: "flip a bit of a tile of leaf hashes"
        case .flipUpperTile: "flip a bit of a tile above the leaf hashes"
        case .flipCheckpoint: "flip a bit of the checkpoint"
        case .flipHeadsList: "flip a bit of the list behind the newest heads entry"
        case .foreignTile: "put another place's tile over a tile"
        case .stalePartialTile: "serve the last tile without its newest entry"
        case .missingBundle: "remove an entry bundle"
        case .longBundle: "add bytes behind the last entry of the last bundle"
        case .deleteEntry: "delete an entry"
        case .insertEntry: "insert an entry"
        case .swapEntries: "swap two entries"
        case .moveEntry: "give an entry to another object"
        case .malformedEntry: "replace an entry with bytes that are not an entry"
        case .repeatEvent: "append an earlier event again"
        case .sameSequence: "append an event under a used sequence"
        case .clockBack: "append an event with an earlier recorded time than the entry before it"
        case .revokedKey: "append an event that is signed with a key after its revocation"
        case .revivedKey: "append a status that makes a revoked key valid again"
        case .forgedSignature: "append an event whose signature is over another event"
        case .flippedSignature: "append an event with a bit flipped in its signature"
        case .foreignSignature: "append an event that is signed with another actor's key"
        case .forgedBatch: "append a signed batch, and change one of its events"
        case .missingBatchMember: "append a signed batch without one of its events"
        case .hideNewest: "append a heads entry over an event, and hide that event"
        case .lyingHeads: "append an event, and a heads entry and its list that leave the event out"
        case .hideEarlier: "append an event, then whole bundles of others, and a heads entry that leaves the event out"
        case .strayHeads: "append a heads entry, true in itself, in an object's chain"
        case .strayKeyStatus: "append a key's status in an object's chain"
        case .lostOpening: "append an event whose opening is lost, without an erasure"
        case .foreignErasure: "excuse a lost opening by an erasure in another object's chain"
        case .earlyErasure: "excuse a lost opening by an erasure before the event"
        case .copiedCommitment: "append an event with another event's commitment"
        case .secondOrigin: "sign a checkpoint under another origin than the log's"
        case .cutTail: "cut the newest tenth of the log off"
        case .oldCheckpoint: "serve an old checkpoint beside the newer entries"
        case .fork: "replace the newest tenth of the log by other events"
        case .rewriteObject: "rewrite one object's whole history and chain"
        case .rewriteAll: "rewrite every event from the first on"
        case .boundlessSize: "sign a checkpoint of more entries than any log has"
        }
    }
}

/// A tampered log: its changed files, and the finding that an auditor must report.
package struct TamperedLog: Sendable {
    /// The code, the index and the object of the finding that an auditor must report first.
    package struct Expectation: Sendable, Equatable {
        package let code: String
        package let index: UInt64?
        package let object: [UInt8]?

        init(_ code: String, index: UInt64? = nil, object: [UInt8]? = nil) {
            self.code = code
            self.index = index
            self.object = object
        }
    }

    /// The changed files with their new bytes; nil for a removed file.
    package var changes: [String: [UInt8]?]
    /// Whether the changes make up the whole log, so that no file of the old log stays.
    package internal(set) var isWhole = false
    /// The first finding of an auditor who has the old checkpoint as anchor.
    package internal(set) var expected: Expectation
    /// The object whose newest event is hidden; an audit of that object alone must not say intact.
    package internal(set) var hidden: ObjectID?
}
