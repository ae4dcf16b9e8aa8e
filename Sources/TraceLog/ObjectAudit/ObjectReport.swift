package import Encoding

/// One object's whole history, with its proof.
package struct ObjectReport: Sendable {
    /// The evidence that the log has no other entry of the object.
    package enum Completeness: Sendable, Equatable {
        /// The list of the heads entry at `headsIndex`, and every entry after it.
        ///
        /// Only a replay of the log shows whether that entry is true; `isAudited` says that an earlier audit did so, and
        /// otherwise the verdict is not `intact`.
        case heads(headsIndex: UInt64, tailEntryCount: UInt64, isAudited: Bool)
        /// The whole log was replayed, for this reason.
        case wholeLog(reason: String)
        /// None: a finding came first.
        case none
    }

    /// One entry of the object.
    package struct Event: Sendable {
        package let entry: Entry
        package let link: EntryLink
        /// Whether the actor's signature was checked and holds; nil when there is none or it was not checked.
        package let isSignatureValid: Bool?
    }

    package let object: ObjectID
    /// Verdict and findings; where only a part of the log was read, they concern the object and the checkpoint.
    package let audit: AuditReport
    /// In order of sequence.
    package let events: [Event]
    package let completeness: Completeness
    /// The neighbours of an absent object in the heads list, which prove its absence.
    package let neighbours: (before: ObjectID?, after: ObjectID?)?
    /// The number of entries that were read.
    package let entryReadCount: UInt64

    /// Whether all of the log was read and replayed.
    package var isOfWholeLog: Bool {
        if case .wholeLog = completeness { true } else { false }
    }

    /// The events as an EPCIS document.
    ///
    /// - Throws: `malformed_event`.
    package func epcis(creationMilliseconds: Int64) throws(TraceLogError) -> JSONValue {
        try EPCISDocument.export(events.map { ($0.entry, $0.link) }, creationMilliseconds: creationMilliseconds)
    }

    /// The report as one JSON object: an audit's members, and the object's.
    package func json(elapsedMilliseconds: UInt64) -> JSONValue {
        var members = audit.json(elapsedMilliseconds: elapsedMilliseconds)
        members["object"] = .string(Hex.encode(object.bytes))
        members["present"] = .bool(!events.isEmpty)
        members["entriesRead"] = .integer(Int64(clamping: entryReadCount))
        switch completeness {
        case .heads(let index, let count, let isAudited):
            members["completeness"] = [
                "by": "heads", "headsIndex": .integer(Int64(clamping: index)),
                "tailEntries": .integer(Int64(clamping: count)), "headsEntryAudited": .bool(isAudited),
            ]
        case .wholeLog(let reason): members["completeness"] = ["by": "wholeLog", "reason": .string(reason)]
        case .none: members["completeness"] = .null
        }
        if let neighbours {
            members["neighbours"] = [
                "before": neighbours.before.map { .string(Hex.encode($0.bytes)) } ?? .null,
                "after": neighbours.after.map { .string(Hex.encode($0.bytes)) } ?? .null,
            ]
        }
        members["history"] = .array(events.map(\.json))
        return .object(members)
    }
}

extension ObjectReport.Event {
    /// The entry with its place, and the result of checking its actor's signature.
    package var json: JSONValue {
        var members = entry.described(at: link)
        if entry.signature != nil { members["signature"] = isSignatureValid == true ? "valid" : "unchecked" }
        return .object(members)
    }
}
