package import Credential
package import ForeignCodes

/// Why a code is not accepted: a verdict's code and what lies behind it.
package struct Refusal: Error, Equatable, Sendable {
    package let code: VerdictCode
    package let reason: String
    /// The fix, where it is nearer than what the code has for all.
    package let hint: String?
    /// A further word for programs, where the code alone does not say it all.
    package let warning: String?

    package init(_ code: VerdictCode, _ reason: String, hint: String? = nil, warning: String? = nil) {
        self.code = code
        self.reason = reason
        self.hint = hint
        self.warning = warning
    }

    package init(_ error: CredentialError) {
        self.init(VerdictCode(rawValue: error.code.rawValue) ?? .malformed, error.reason, hint: error.hint)
    }

    package init(_ error: TransitRefusal) {
        let code: VerdictCode =
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

    /// What cannot be decided for want of the bundle, or of a file of the gate's.
    package init(_ error: BundleError) {
        let code: VerdictCode =
            switch error.code {
            case .unreadable, .badSignature: .bundleUnreadable
            case .rollback: .bundleRollback
            case .statusUnknown: .statusUnknown
            }
        self.init(code, error.reason, hint: error.hint)
    }
}
