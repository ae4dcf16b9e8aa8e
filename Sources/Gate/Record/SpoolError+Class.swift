package import Platform

extension SpoolError: CodedError {}

extension SpoolError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .tampered, .unreadable, .unwritable: .inputUnusable
        case .full, .busy: .later
        }
    }
}
