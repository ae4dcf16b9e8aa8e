package import Platform

extension CredentialError: CodedError {}

extension CredentialError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .malformed, .unsupportedVersion, .algorithmMismatch, .badSignature, .expired, .notYetValid,
            .presentationMissing, .badPresentation, .stale, .fromFuture, .challengeMismatch, .keyMismatch:
            .requestMalformed
        case .seedMalformed: .inputUnusable
        case .signingFailed: .malfunction
        }
    }
}
