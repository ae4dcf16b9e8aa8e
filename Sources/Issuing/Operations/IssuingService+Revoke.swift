import Encoding
import Storage

extension IssuerOperation {
    /// By a clock that is too far ahead, live codes of a subject would have ended and would stay unrevoked.
    package static let revoke = change(
        "code.revoke", takes: ["target", "reason"], clockNeed: .noJump, beatNeed: .change
    ) {
        try $0.revoking($1, now: $2.now)
    }
}

extension IssuingService {
    fileprivate func revoking(_ request: RequestFields, now: UInt64) throws(OperationError) -> IssuerOperation.Change {
        let target = RevocationTarget(try request.string("target"))
        let reason = try request.optionalString("reason")
        guard (reason?.utf8.count ?? 0) <= 256 else {
            throw OperationError(
                code: .reasonTooLong, reason: "a reason is at most 256 bytes", hint: "shorten it, and name no person")
        }
        return { [registry] database in
            let count = try registry.revoke(target, reason: reason, at: now, in: database)
            return ChangeOutcome(
                ["target": .string(target.text), "revoked": .integer(Int64(count))], subject: target.text)
        }
    }
}
