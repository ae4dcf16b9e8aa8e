import Credential
import Encoding
import Storage

extension IssuerOperation {
    /// Every code that was ever issued to a subject, oldest first, in pages.
    package static let codeHistory = reading(
        "code.history", takes: ["subject", "after", "limit"],
        subject: { _, request, _ in try SubjectIdentifier(try request.string("subject")).text }
    ) {
        service, request, _ in
        let subject = try SubjectIdentifier(try request.string("subject"))
        let after = try request.optionalHex("after", byteCount: IssuingService.codeByteCount)
        let limit = try request.pageCount("limit", max: IssuingService.codeHistoryCountMax)
        let codes = try service.database.read { [registry = service.registry] in
            try registry.history(of: subject, after: after, count: limit, in: $0)
        }
        return OperationAnswer(json: ["codes": .array(codes.map(\.json))])
    }
}

extension IssuingService {
    static let codeByteCount = 8
    /// The most codes in one answer.
    static let codeHistoryCountMax = 1000
}

extension PastCode {
    fileprivate var json: JSONValue {
        func time(_ seconds: UInt64?) -> JSONValue { seconds.map { .integer(Int64(clamping: $0)) } ?? .null }
        return [
            "id": .string(Hex.encode(id)), "subject": .string(subject),
            "guardian": guardian.map(JSONValue.string) ?? .null,
            "form": .string(form.name), "kind": kind.map { .string($0.name) } ?? .null,
            "statusList": list.map(JSONValue.string) ?? .null, "statusIndex": time(statusIndex),
            "issuedAt": time(issuedAt), "expiresAt": time(expiresAt), "kid": .string(Hex.encode(keyIdentifier)),
            "revokedAt": time(revokedAt),
            "revocationReason": revocationReason.map(JSONValue.string) ?? .null,
        ]
    }
}
