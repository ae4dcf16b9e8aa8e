package import Platform

extension TraceLogError: CodedError {}

extension TraceLogError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .malformedEvent, .unknownTerm, .valueOutOfRange: .requestMalformed
        case .malformedEntry, .malformedBundle, .malformedTile, .malformedCheckpoint, .malformedKey, .malformedProof,
            .signatureFailed, .outOfTree, .inputUnreadable:
            .inputUnusable
        }
    }
}
