import Encoding
import Storage

/// A request that a second operator has to confirm, or has confirmed.
struct DualRequest: Sendable {
    /// What has become of it.
    enum State: Sendable {
        case waiting
        /// It was not confirmed in time.
        case void
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

    var isWaiting: Bool { if case .waiting = state { true } else { false } }

    /// Voids it when its time is over, or when the clock was set back before the asking.
    ///
    /// Its answer goes when nobody can fetch it any more, since it may hold keys.
    mutating func endIfDue(at now: UInt64) {
        switch state {
        case .waiting where now < asker.now || now >= end: state = .void
        case .done(.success, let until) where now >= until:
            state = .done(.failure(.confirmationEnded), until: until)
        default: break
        }
    }

    /// Whether it, or its answer, is of no more use.
    func isOver(at now: UInt64) -> Bool {
        switch state {
        case .waiting, .running: false
        case .void: true
        case .done(_, let until): now >= until
        }
    }

    /// The request in lists and answers.
    var json: JSONValue {
        let word =
            switch state {
            case .waiting: "waiting"
            case .void: "void"
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
