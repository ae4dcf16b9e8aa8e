extension HTTPExchangeError: CodedError {}

extension HTTPExchangeError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .unreachable, .untrustedServer, .timedOut, .closed: .later
        case .malformedResponse, .tooLarge: .malfunction
        }
    }
}
