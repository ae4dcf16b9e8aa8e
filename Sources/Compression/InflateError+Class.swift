package import Platform

extension InflateError: CodedError {}

extension InflateError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .corrupt, .truncated, .trailingBytes, .tooLarge: .requestMalformed
        case .outOfMemory: .later
        }
    }
}
