package import Platform

extension TransitRefusal: CodedError {}

extension TransitRefusal.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .malformed: .requestMalformed
        case .unknownIssuer, .badSignature, .keyNotForThisUse, .keyExpired, .expired, .badPresentation, .stale,
            .fromFuture, .noEntitlement:
            .notPermitted
        }
    }
}
