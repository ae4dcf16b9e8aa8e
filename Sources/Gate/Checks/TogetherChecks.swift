import Credential
import ForeignCodes

/// No code in view is refused.
struct NoneRefused: Proof {
    static let check = ScanCheck.noneRefused

    /// Throws the first of the worst refusals.
    init(_ codes: [AssessedCode], beside others: [Verdict]) throws(Refusal) {
        let refusals = codes.compactMap(\.refusal) + others.compactMap(\.refusal)
        guard let worst = refusals.max(by: { $0.code.outcome < $1.code.outcome }) else { return }
        throw Refusal(worst.code, worst.reason, hint: worst.hint)
    }
}

/// The codes say who the holder is in every domain that the scene needs.
///
/// Other issuers' codes speak for one domain each; one of the project's own has been asked for all by itself.
struct DomainsThere: Proof {
    static let check = ScanCheck.domains

    init(_ codes: [Findings], in scene: Scene) throws(Refusal) {
        guard scene.requiresEntitlement, codes.allSatisfy({ $0.pseudonym == nil }) else { return }
        let missing = SealDomain.allCases.first { domain in
            scene.domains.contains(domain) && codes.allSatisfy { $0.fused[domain] == nil }
        }
        guard let missing else { return }
        throw Refusal(.noEntitlement, "no code of the scan says who the holder is in \(missing.rawValue)")
    }
}
