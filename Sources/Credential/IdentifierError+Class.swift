package import Platform

extension IdentifierError: CodedError {}

extension IdentifierError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}
