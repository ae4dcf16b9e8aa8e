package import Platform

extension BundleError: CodedError {}

extension BundleError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .unreadable, .badSignature, .statusUnknown, .clockBefore: .inputUnusable
        case .rollback, .rootDiffers: .conflict
        case .busy: .later
        }
    }
}
