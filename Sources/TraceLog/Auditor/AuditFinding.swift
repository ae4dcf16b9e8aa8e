package import Encoding

/// One fault of a log: its code, its first index, its object, and a sentence that says which two sources disagree.
package struct AuditFinding: Sendable, Equatable {
    /// In the order in which findings at one index are reported: causes before consequences.
    package enum Code: String, Sendable, CaseIterable {
        case checkpointSignature = "checkpoint_signature"
        case checkpointRollback = "checkpoint_rollback"
        case truncated
        case fork
        case leafMismatch = "leaf_mismatch"
        case tileMismatch = "tile_mismatch"
        case malformedEntry = "malformed_entry"
        case duplicateEvent = "duplicate_event"
        case sequenceGap = "sequence_gap"
        case chainBreak = "chain_break"
        case timeRegression = "time_regression"
        case keyRevoked = "key_revoked"
        case actorSignature = "actor_signature"
        case headsMismatch = "heads_mismatch"
        case openingMismatch = "opening_mismatch"
        case openingMissing = "opening_missing"
        case actRepeated = "act_repeated"
        case trailMismatch = "trail_mismatch"
        case issuedMismatch = "issued_mismatch"
        case rootMismatch = "root_mismatch"
        case headsUnaudited = "heads_unaudited"
        case unanchored

        fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
    }

    static let leafMismatchDetail = "the entry's leaf hash does not match the stored tile"
    static let notIncludedDetail = "the checkpoint's root does not include the entry"
    static let malformedEntryDetail = "the entry's bytes do not follow the format of entries"

    package let code: Code
    /// The first wrong index; nil when the finding is about the log as a whole.
    package let index: UInt64?
    /// The identifier of the object; nil when there is none or it is not known.
    package let object: [UInt8]?
    /// A sentence that names the two sources that disagree.
    package let detail: String
    /// Whether this proves tampering; if not, it only leaves the verdict open.
    package let isTampering: Bool

    package init(
        _ code: Code, index: UInt64? = nil, object: [UInt8]? = nil, isTampering: Bool = true, detail: String
    ) {
        self.code = code
        self.index = index
        self.object = object
        self.detail = detail
        self.isTampering = isTampering
    }

    /// Orders by tampering first, then findings with an exact place before `fork` and `root_mismatch`, then by index,
    /// code, object and detail.
    ///
    /// Only equal findings have no order, so that a report does not depend on the order in which they were found.
    static func precedes(_ left: AuditFinding, _ right: AuditFinding) -> Bool {
        if left.isTampering != right.isTampering { return left.isTampering }
        let isLeftVague = left.code == .fork || left.code == .rootMismatch
        let isRightVague = right.code == .fork || right.code == .rootMismatch
        if isLeftVague != isRightVague { return isRightVague }
        let (first, second) = (left.index ?? .max, right.index ?? .max)
        if first != second { return first < second }
        if left.code != right.code { return left.code.rank < right.code.rank }
        let (object, other) = (left.object ?? [], right.object ?? [])
        return object == other ? left.detail < right.detail : object.lexicographicallyPrecedes(other)
    }

    package var json: JSONValue {
        [
            "code": .string(code.rawValue),
            "index": index.map { .integer(Int64(clamping: $0)) } ?? .null,
            "object": object.map { .string(Hex.encode($0)) } ?? .null,
            "detail": .string(detail),
        ]
    }
}
