package import Platform

extension AuditSourceError: CodedError {}

extension AuditSourceError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .inputUnusable
    }
}
