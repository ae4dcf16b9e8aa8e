package import Encoding
package import Platform

extension CBORError: CodedError {}

extension CBORError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}
