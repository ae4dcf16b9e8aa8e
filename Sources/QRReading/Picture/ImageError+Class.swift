package import Platform

extension ImageError: CodedError {}

extension ImageError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .notAnImage, .imageUnreadable, .imageTooLarge: .inputUnusable
        case .outOfMemory: .later
        }
    }
}
