package import Encoding
import Storage

extension IssuerOperation {
    /// The audit trail in pages: each line has the caller, the action, the subject and the time.
    package static let readAudit = reading(
        "audit.read", takes: ["after", "limit", "subject"],
        subject: { service, request, caller in try service.begunReading(request, caller) }
    ) {
        service, request, caller in
        let after = try request.optionalUnsigned("after") ?? 0
        let limit = try request.pageCount("limit", max: IssuingService.auditLineCountMax)
        let subject = try request.optionalString("subject")
        let page = try service.auditTrail(after: after, limit: limit, subject: subject)
        service.trailReadings.note(
            .init(caller: caller.identity, subject: subject), upTo: UInt64(clamping: page["next"]?.integer ?? 0),
            at: caller.now
        )
        return OperationAnswer(json: page)
    }
}

extension IssuingService {
    /// The most lines of the audit trail in one answer.
    package static let auditLineCountMax = 10_000

    /// The subject of the trail's line about a reading of the trail; nil for a page that continues a reading.
    fileprivate func begunReading(_ request: RequestFields, _ caller: Caller) throws -> String? {
        let subject = try request.optionalString("subject")
        let after = try request.optionalUnsigned("after") ?? 0
        let reading = TrailReadings.Reading(caller: caller.identity, subject: subject)
        guard !trailReadings.isUnderWay(reading, after: after, at: caller.now) else { return nil }
        guard let subject else { return "trail" }
        // A text that names no subject may be a person's number, and is not kept.
        return (try? SubjectIdentifier(subject))?.text ?? "other"
    }

    /// A page of the audit trail, oldest line first.
    ///
    /// - Parameters:
    ///   - number: the number of the line before the page; 0 for the first page.
    ///   - limit: the most lines, up to ``auditLineCountMax``.
    ///   - subject: only lines about this subject; nil for all.
    /// - Returns: `{"lines": [{number, time, uid, action, subject, detail}], "next": NUMBER, "droppedThrough": NUMBER}`;
    ///   `next` goes into the next call, and the trail begins behind line `droppedThrough`.
    /// - Throws: an error of the registry.
    package func auditTrail(
        after number: UInt64, limit: Int, subject: String? = nil
    ) throws(OperationError) -> JSONValue {
        let count = min(max(limit, 1), Self.auditLineCountMax)
        do {
            let (lines, dropped) = try database.read { [registry] snapshot in
                let lines = try registry.auditLines(after: number, count: count, subject: subject, in: snapshot)
                return (lines, try snapshot.trailFloor()?.number ?? 0)
            }
            return [
                "lines": .array(
                    try lines.map { line in
                        [
                            "number": .integer(Int64(clamping: line.number)),
                            "time": .integer(Int64(clamping: line.time)),
                            "uid": .integer(Int64(clamping: line.uid)), "action": .string(line.action),
                            "subject": .string(line.subject), "detail": try line.json,
                        ]
                    }),
                "next": .integer(Int64(clamping: lines.last?.number ?? number)),
                "droppedThrough": .integer(Int64(clamping: dropped)),
            ]
        } catch {
            throw OperationError(any: error)
        }
    }
}
