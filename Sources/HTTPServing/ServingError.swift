package import Platform

/// The error of a socket that cannot be served.
package struct ServingError: CodedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case addressInvalid = "address_invalid"
        case socketUnusable = "socket_unusable"
        case tlsUnusable = "tls_unusable"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(_ code: Code, _ reason: String, hint: String) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}

extension ServingError.Code: ErrorCode {
    package var errorClass: ErrorClass { .inputUnusable }
}
