import Encoding
import Storage

/// A request that a second operator has to confirm, or has confirmed.
struct DualRequest: Sendable {
    /// What has become of it.
    enum State: Sendable {
        case waiting
        /// It is confirmed, and is carried out now.
        case running
        /// It was carried out, once; its asker may fetch the answer until then, in seconds since 1970-01-01T00:00:00Z.
        case done(Result<OperationAnswer, OperationError>, until: UInt64)
    }

    /// The time in which it has to be confirmed, and then the time in which its answer can be fetched, in seconds.
    static let seconds: UInt64 = 600
    static let identifierByteCount = 16

    /// 32 lower-case hexadecimal digits.
    let identifier: String
    let act: DualAct
    let operation: IssuerOperation
    /// The request as it was asked; nothing else is carried out.
    let fields: RequestFields
    /// The SHA-256 of the operation's name and of the request, in hexadecimal digits.
    let digest: String
    let asker: IssuingService.Caller
    let particulars: JSONValue
    var state = State.waiting

    /// The first second in which it can no longer be confirmed.
    var end: UInt64 { asker.now + Self.seconds }

    /// Whether it waits, and can still be confirmed; a clock that was set back before the asking voids it too.
    func isOpen(at now: UInt64) -> Bool {
        if case .waiting = state { asker.now <= now && now < end } else { false }
    }

    /// Whether it, or its answer, is of no more use.
    func isOver(at now: UInt64) -> Bool {
        switch state {
        case .waiting: !isOpen(at: now)
        case .running: false
        case .done(_, let until): now >= until
        }
    }

    /// The request in lists and answers.
    func json(at now: UInt64) -> JSONValue {
        let word =
            switch state {
            case .waiting: isOpen(at: now) ? "waiting" : "void"
            case .running: "running"
            case .done(.success, _): "done"
            case .done(.failure, _): "failed"
            }
        return [
            "request": .string(identifier), "state": .string(word), "act": .string(act.rawValue),
            "operation": .string(operation.name), "digest": .string(digest), "askedBy": asker.identity.json,
            "askedAt": .integer(Int64(clamping: asker.now)), "expiresAt": .integer(Int64(clamping: end)),
            "particulars": particulars,
        ]
    }

    /// The detail of the trail's lines.
    var detail: JSONObject {
        [
            "request": .string(identifier), "operation": .string(operation.name), "digest": .string(digest),
            "particulars": particulars,
        ]
    }
}
