/// Every reason to keep a gate closed; the codes are stable, and new ones are only added.
///
/// No case means that a code is accepted: a refusal can never open a gate.
package enum RefusalCode: String, Sendable, CaseIterable {
    case malformed
    case unsupportedVersion = "unsupported_version"
    case unknownIssuer = "unknown_issuer"
    case algorithmMismatch = "algorithm_mismatch"
    case badSignature = "bad_signature"
    case keyNotForThisUse = "key_not_for_this_use"
    case keyExpired = "key_expired"
    case expired
    case notYetValid = "not_yet_valid"
    case revoked
    case wrongForm = "wrong_form"
    case wrongScene = "wrong_scene"
    case presentationMissing = "presentation_missing"
    case badPresentation = "bad_presentation"
    case stale
    case fromFuture = "from_future"
    case replayed
    case challengeMismatch = "challenge_mismatch"
    case noEntitlement = "no_entitlement"
    case holderMismatch = "holder_mismatch"
    case delegationRefused = "delegation_refused"
    case noCode = "no_code"
    case unreadable
    case bundleExpired = "bundle_expired"
    case bundleRollback = "bundle_rollback"
    case clockBeforeBundle = "clock_before_bundle"
    case bundleUnreadable = "bundle_unreadable"
    case rootDiffers = "root_differs"
    case statusUnknown = "status_unknown"
    case linkUnavailable = "link_unavailable"
    case inputUnreadable = "input_unreadable"

    /// The outcome at the gate: a rejection, or no decision.
    package var outcome: VerdictOutcome {
        switch self {
        case .noCode, .unreadable, .bundleExpired, .bundleRollback, .clockBeforeBundle, .bundleUnreadable, .rootDiffers,
            .statusUnknown, .linkUnavailable, .inputUnreadable:
            .undecided
        default: .reject
        }
    }

    /// Whether a wrong clock of this machine may be the cause.
    var dependsOnClock: Bool {
        switch self {
        case .expired, .notYetValid, .stale, .fromFuture, .keyExpired, .bundleExpired, .clockBeforeBundle,
            .statusUnknown:
            true
        default: false
        }
    }
}
