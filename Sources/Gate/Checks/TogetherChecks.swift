import Credential
import ForeignCodes

/// No code in view is refused.
struct NoneRefused: Proof {
    static let check = ScanCheck.noneRefused

    /// Throws the worst refusal.
    init(_ codes: [AssessedCode], beside others: [Verdict]) throws(Refusal) {
        let refusals = codes.compactMap(\.refusal) + others.compactMap(\.refusal)
        guard let worst = refusals.max(by: { $0.code.outcome < $1.code.outcome }) else { return }
        throw Refusal(worst.code, worst.reason, hint: worst.hint)
    }
}

/// The codes identify the holder in every domain that the scene needs.
///
/// Another issuer's code identifies in one domain.
struct DomainsIdentified: Proof {
    static let check = ScanCheck.domains

    init(_ codes: [Findings], in scene: Scene) throws(Refusal) {
        guard scene.requiresEntitlement else { return }
        guard !scene.domains.isEmpty else {
            throw Refusal(
                .bundleUnreadable, "\(scene.name) needs an entitlement, and the bundle names no domain for it")
        }
        let missing = SealDomain.allCases.first { domain in
            scene.domains.contains(domain) && codes.allSatisfy { $0.fused[domain] == nil }
        }
        guard let missing else { return }
        throw Refusal(.noEntitlement, "no code of the scan identifies the holder in \(missing.rawValue)")
    }
}

/// Every code that was seen was read: an unread one may be another holder's.
struct AllRead: Proof {
    static let check = ScanCheck.read

    static let refusal = Refusal(
        .unreadable, "another code is in view and cannot be read",
        hint: "hold only the holder's code into view, or hold both codes still, near and undamaged")

    init(unreadCount: Int) throws(Refusal) {
        guard unreadCount == 0 else { throw Self.refusal }
    }
}
