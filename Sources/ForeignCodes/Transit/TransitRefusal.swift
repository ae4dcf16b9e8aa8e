package import Platform

/// The refusal of a transit code.
package struct TransitRefusal: Error, Equatable, Sendable {
    /// The stable codes, in the words of verdicts.
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        case unknownIssuer = "unknown_issuer"
        case badSignature = "bad_signature"
        case keyNotForThisUse = "key_not_for_this_use"
        case keyExpired = "key_expired"
        case expired
        case badPresentation = "bad_presentation"
        case stale
        case fromFuture = "from_future"
        case noEntitlement = "no_entitlement"
    }

    package let code: Code
    /// The answer of a public terminal: −1, or −101 to −106.
    package let terminalNumber: Int
    package let reason: String
    /// A warning for programs, more specific than the code.
    package let warning: String?
    package var hint: String { "ask the holder to open the code anew" }

    init(_ code: Code, _ terminalNumber: Int, _ reason: String, warning: String? = nil) {
        self.code = code
        self.terminalNumber = terminalNumber
        self.reason = reason
        self.warning = warning
    }
}

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
