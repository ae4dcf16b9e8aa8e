package import Credential
package import ForeignCodes

/// A refusal of a code: the verdict's stable code, and the reason in words.
package struct Refusal: Error, Equatable, Sendable {
    package let code: RefusalCode
    package let reason: String
    /// A specific fix; nil for the general hint of the refusal's code.
    package let hint: String?
    /// A warning for programs, more specific than the code.
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
        self.init(code, error.reason, warning: error.warning)
    }

    /// Makes an undecided refusal: the bundle or one of the gate's files cannot be used.
    package init(_ error: BundleError) {
        let code: RefusalCode =
            switch error.code {
            case .unreadable, .badSignature, .busy, .rootsInvalid, .thresholdMissing, .requestInvalid, .reportInvalid,
                .keysUnusable, .keysBadSignature, .keysForeign, .keysRollback, .keysAhead:
                .bundleUnreadable
            case .expired: .bundleExpired
            case .rollback: .bundleRollback
            case .rootDiffers: .rootDiffers
            case .clockBefore: .clockBeforeBundle
            case .statusUnknown: .statusUnknown
            }
        let isNamed = [.busy, .rootsInvalid, .thresholdMissing].contains(error.code)
        self.init(code, error.reason, hint: error.hint, warning: isNamed ? error.code.rawValue : nil)
    }

    /// The refusal of a sound code that was shown beside a code with this refusal.
    var besideAnother: Refusal {
        Refusal(code, "a code shown with it is refused: \(reason)", hint: hint)
    }

    /// The same refusal, with this machine's clock named as the likely cause.
    var blamingClock: Refusal {
        Refusal(
            code, "\(reason); most holders' phones disagree with this machine's clock, so it is probably wrong",
            hint: hint, warning: warning)
    }
}
