/// The error of an exchange that got no answer.
package struct HTTPExchangeError: Error, Equatable, Sendable {
    /// The stable codes.
    package enum Code: String, Sendable, CaseIterable {
        case unreachable
        case untrustedServer = "untrusted_server"
        case timedOut = "timed_out"
        case closed
        case malformedResponse = "malformed_response"
        case tooLarge = "too_large"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(
        _ code: Code, _ reason: String, hint: String = "check that the service runs and speaks HTTP/1.1"
    ) {
        self.code = code
        self.reason = reason
        self.hint = hint
    }

    static func malformed(_ reason: String) -> HTTPExchangeError {
        HTTPExchangeError(.malformedResponse, "the answer cannot be read: \(reason)")
    }

    static func bodyTooLarge(_ byteCountMax: Int) -> HTTPExchangeError {
        HTTPExchangeError(.tooLarge, "the answer's body is over \(byteCountMax) bytes")
    }
}

extension HTTPExchangeError: CodedError {}

extension HTTPExchangeError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .unreachable, .untrustedServer, .timedOut, .closed: .later
        case .malformedResponse, .tooLarge: .malfunction
        }
    }
}
