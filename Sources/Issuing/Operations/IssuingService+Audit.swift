package import Encoding
import Storage

extension IssuerOperation {
    /// The audit trail in pages: each line has the user, the action, the subject and the time.
    package static let readAudit = inquiry("audit.read", takes: ["after", "limit", "subject"]) {
        service, request, _ in
        let after = try request.optionalUnsigned("after") ?? 0
        let limit = try request.pageCount("limit", max: IssuingService.auditLineCountMax)
        let subject = try request.optionalString("subject")
        return OperationAnswer(json: try service.auditTrail(after: after, limit: limit, subject: subject))
    }
}

extension IssuingService {
    /// The most lines of the audit trail in one answer.
    package static let auditLineCountMax = 10_000

    /// A page of the audit trail, oldest line first.
    ///
    /// - Parameters:
    ///   - number: the number of the line before the page; 0 for the first page.
    ///   - limit: the most lines, up to ``auditLineCountMax``.
    ///   - subject: only lines about this subject; nil for all.
    /// - Returns: `{"lines": [{number, time, uid, action, subject}], "next": NUMBER}`; `next` goes into the next call.
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
                    lines.map { line in
                        [
                            "number": .integer(Int64(clamping: line.number)),
                            "time": .integer(Int64(clamping: line.time)),
                            "uid": .integer(Int64(line.uid)), "action": .string(line.action),
                            "subject": .string(line.subject),
                        ]
                    }),
                "next": .integer(Int64(clamping: lines.last?.number ?? number)),
            ]
        } catch {
            throw OperationError(any: error)
        }
    }
}
