package import Platform

extension ForeignTrustError: CodedError {}

extension ForeignTrustError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .inputUnusable
    }
}
