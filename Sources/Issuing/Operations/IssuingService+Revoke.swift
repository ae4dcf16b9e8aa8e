import Encoding
import Storage

extension IssuerOperation {
    /// By a clock that is too far ahead, live codes of a subject would have ended and would stay unrevoked.
    package static let revoke = change(
        "code.revoke", takes: ["target", "reason"], clockNeed: .noJump, beatNeed: .change
    ) {
        try $0.revoking($1, by: $2)
    }
}

extension IssuingService {
    fileprivate func revoking(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let target = RevocationTarget(try request.string("target"))
        let reason = try request.optionalString("reason")
        guard (reason?.utf8.count ?? 0) <= 256 else {
            throw OperationError(
                code: .reasonTooLong, reason: "a reason is at most 256 bytes", hint: "shorten it, and name no person")
        }
        return { [registry, acts] database in
            let places = try registry.revoke(target, reason: reason, at: caller.now, in: database)
            try acts.append(revoked: places, atMilliseconds: caller.nowMilliseconds, in: database)
            return ChangeOutcome(
                ["target": .string(target.text), "revoked": .integer(Int64(places.count))], subject: target.text)
        }
    }
}
