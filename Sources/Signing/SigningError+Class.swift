package import Platform

extension SigningError: CodedError {}

extension SigningError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .keyUnreadable, .keyPermissions, .keyUnwritable, .keyTooLarge, .keyMalformed, .keyEncrypted,
            .keyWrongAlgorithm, .certificateMalformed, .lengthOutOfRange:
            .inputUnusable
        case .keyExists: .conflict
        case .signingFailed, .randomUnavailable, .cryptoUnavailable: .malfunction
        }
    }
}
