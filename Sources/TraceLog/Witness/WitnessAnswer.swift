/// A witness's answer to a request to cosign (C2SP tlog-witness).
package enum WitnessAnswer: Sendable, Equatable {
    /// The signature lines of the witness, as a note has them.
    case cosigned([SignedNote.Signature])
    /// The request is malformed, or its old size exceeds the checkpoint's size.
    case malformed(String)
    /// No key that the witness trusts for this log has signed the checkpoint.
    case unsigned
    /// The witness does not know the log.
    case unknownLog
    /// The witness cosigned a checkpoint of this size last; the client sends a proof from there.
    case conflict(size: UInt64)
    /// The checkpoint does not extend the checkpoint that the witness cosigned last.
    case inconsistent

    /// The HTTP status.
    package var status: Int {
        switch self {
        case .cosigned: 200
        case .malformed: 400
        case .unsigned: 403
        case .unknownLog: 404
        case .conflict: 409
        case .inconsistent: 422
        }
    }

    /// The body's media type.
    package var type: String {
        if case .conflict = self { "text/x.tlog.size" } else { "text/plain; charset=utf-8" }
    }

    package var body: [UInt8] {
        switch self {
        case .cosigned(let signatures): signatures.flatMap { Array($0.line.utf8) }
        case .malformed(let reason): Array("\(reason)\n".utf8)
        case .unsigned: Array("no signature by a key of this log\n".utf8)
        case .unknownLog: Array("this witness does not know the log\n".utf8)
        case .conflict(let size): Array("\(size)\n".utf8)
        case .inconsistent: Array("the proof does not lead from the last cosigned checkpoint to this one\n".utf8)
        }
    }

    /// Reads the size in the body of a conflict; nil for any other body.
    package static func size(inConflict body: [UInt8]) -> UInt64? {
        let digits = String(decoding: body.dropLast(), as: UTF8.self)
        guard body.last == 0x0A, let size = UInt64(digits), String(size) == digits, size <= UInt64(Int64.max) else {
            return nil
        }
        return size
    }
}
