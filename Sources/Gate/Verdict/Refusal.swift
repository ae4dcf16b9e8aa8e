package import Credential
package import ForeignCodes

/// Why a code is not accepted: the verdict's code, and the reason in words.
package struct Refusal: Error, Equatable, Sendable {
    package let code: RefusalCode
    package let reason: String
    /// The fix, where one is known that is nearer than the code's general one.
    package let hint: String?
    /// A warning for programs that says more than the code.
    package let warning: String?

    package init(_ code: RefusalCode, _ reason: String, hint: String? = nil, warning: String? = nil) {
        self.code = code
        self.reason = reason
        self.hint = hint
        self.warning = warning
    }

    package init(_ error: CredentialError) {
        self.init(RefusalCode(rawValue: error.code.rawValue) ?? .malformed, error.reason, hint: error.hint)
    }

    package init(_ error: TransitRefusal) {
        let code: RefusalCode =
            switch error.code {
            case .malformed: .malformed
            case .unknownIssuer: .unknownIssuer
            case .badSignature: .badSignature
            case .keyNotForThisUse: .keyNotForThisUse
            case .keyExpired: .keyExpired
            case .expired: .expired
            case .badPresentation: .badPresentation
            case .stale: .stale
            case .fromFuture: .fromFuture
            case .noEntitlement: .noEntitlement
            }
        self.init(code, error.reason)
    }

    /// Nothing can be decided, because the bundle or one of the gate's files cannot be used.
    package init(_ error: BundleError) {
        let code: RefusalCode =
            switch error.code {
            case .unreadable, .badSignature: .bundleUnreadable
            case .rollback: .bundleRollback
            case .statusUnknown: .statusUnknown
            }
        self.init(code, error.reason, hint: error.hint)
    }

    /// The same refusal of a code that is sound itself and was shown beside a refused one.
    var besideAnother: Refusal {
        Refusal(code, "a code shown with it is refused: \(reason)", hint: hint)
    }

    /// The same refusal, which says that this machine's clock is the likely cause.
    var blamingClock: Refusal {
        Refusal(
            code, "\(reason); so it is with most holders here, so that this machine's clock must be wrong", hint: hint,
            warning: warning)
    }
}
