package import Encoding
package import Platform

extension TextDecodingError: CodedError {}

extension TextDecodingError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        .requestMalformed
    }
}
