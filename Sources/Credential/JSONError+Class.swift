package import Encoding
package import Platform

extension JSONError: CodedError {}

extension JSONError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}
