package import Platform

extension LogError: CodedError {}

extension LogError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .wrongObject, .actorSignature: .requestMalformed
        case .entryMissing: .notFound
        case .conflict, .idempotencyMismatch, .nothingToErase, .keyStatusRefused, .keyRevoked: .conflict
        case .logBehind, .logUnwritable, .eraseIncomplete: .later
        case .logInconsistent, .logForked, .logUnreadable: .malfunction
        }
    }
}
