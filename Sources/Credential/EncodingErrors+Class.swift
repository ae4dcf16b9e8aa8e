package import Encoding
package import Platform

extension CBORError: CodedError {}

extension CBORError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}

extension IdentifierError: CodedError {}

extension IdentifierError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}

extension JSONError: CodedError {}

extension JSONError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}

extension TextDecodingError: CodedError {}

extension TextDecodingError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}
