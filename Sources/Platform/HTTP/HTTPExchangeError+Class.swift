extension HTTPExchangeError: CodedError {}

extension HTTPExchangeError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .unreachable, .timedOut, .closed: .later
        case .malformedResponse, .tooLarge: .malfunction
        }
    }
}
