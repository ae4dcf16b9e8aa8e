package import Encoding

/// One thing that is wrong: what, from which index on, with which object, and which two sources disagree.
package struct AuditFinding: Sendable, Equatable {
    /// In the order in which findings at one index are told: causes before what follows from them.
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
        case rootMismatch = "root_mismatch"
        case unanchored

        fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
    }

    package let code: Code
    /// The first index that is wrong, or may be; nil when the finding is about the log as a whole.
    package let index: UInt64?
    /// The identifier of the object it concerns; nil when there is none or it cannot be told.
    package let object: [UInt8]?
    /// Which two sources disagree, and how.
    package let detail: String
    /// Whether this proves tampering; otherwise it only keeps the auditor from an answer.
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

    /// Tampering first, then what has a place before what only says that there is one, then by index and cause.
    ///
    /// Only equal findings have no order, so that a report does not hang on the order in which they were found.
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
