package import Encoding
import Storage

extension IssuerOperation {
    /// The audit trail in pages: each line has the user, the action, the subject and the time.
    package static let readAudit = reading(
        "audit.read", takes: ["after", "limit", "subject"], subject: { try IssuingService.readSubject($0) }
    ) {
        service, request, _ in
        let after = try request.optionalUnsigned("after") ?? 0
        let limit = try request.pageCount("limit", max: IssuingService.auditLineCountMax)
        let subject = try request.optionalString("subject")
        return OperationAnswer(json: try service.auditTrail(after: after, limit: limit, subject: subject))
    }
}

extension IssuingService {
    private static func detail(of line: AuditLine) throws -> JSONValue {
        guard let text = line.detail else { return .null }
        guard let detail = try? JSONValue.parse(Array(text.utf8), byteCountMax: text.utf8.count) else {
            throw StorageError.corruptRow("a line of the audit trail")
        }
        return detail
    }

    /// The most lines of the audit trail in one answer.
    package static let auditLineCountMax = 10_000

    /// The subject of a read about one subject.
    ///
    /// Only the first page gets a line in the trail: a line about every page would add to the pages that follow.
    fileprivate static func readSubject(_ request: RequestFields) throws -> String? {
        guard try request.optionalUnsigned("after") ?? 0 == 0, let subject = try request.optionalString("subject")
        else { return nil }
        // A text that names no subject may be a person's number, and is not kept.
        return (try? SubjectIdentifier(subject))?.text ?? "other"
    }

    /// A page of the audit trail, oldest line first.
    ///
    /// - Parameters:
    ///   - number: the number of the line before the page; 0 for the first page.
    ///   - limit: the most lines, up to ``auditLineCountMax``.
    ///   - subject: only lines about this subject; nil for all.
    /// - Returns: `{"lines": [{number, time, uid, action, subject, detail}], "next": NUMBER}`; `next` goes into the next call.
    /// - Throws: an error of the registry.
    package func auditTrail(
        after number: UInt64, limit: Int, subject: String? = nil
    ) throws(OperationError) -> JSONValue {
        let count = min(max(limit, 1), Self.auditLineCountMax)
        do {
            let lines = try database.read { [registry] in
                try registry.auditLines(after: number, count: count, subject: subject, in: $0)
            }
            return [
                "lines": .array(
                    try lines.map { line in
                        [
                            "number": .integer(Int64(clamping: line.number)),
                            "time": .integer(Int64(clamping: line.time)),
                            "uid": .integer(Int64(line.uid)), "action": .string(line.action),
                            "subject": .string(line.subject), "detail": try Self.detail(of: line),
                        ]
                    }),
                "next": .integer(Int64(clamping: lines.last?.number ?? number)),
            ]
        } catch {
            throw OperationError(any: error)
        }
    }
}
