package import Platform

extension QRError: CodedError {}

extension QRError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .emptyText, .textTooLong, .maskOutOfRange, .moduleSizeOutOfRange: .requestMalformed
        case .outOfMemory: .later
        case .pictureUnreadable: .malfunction
        }
    }
}
