import Credential
import ForeignCodes
import Signing

/// The seals of the scene's domains are opened; if the scene requires an entitlement, the holder has every domain.
struct SealsOpened: Proof {
    static let check = SuishenCheck.seals

    /// Opens the seals, and notes the holder's identifier in each domain.
    ///
    /// A refused code's findings keep the domains that were opened before the refusal.
    init(
        _ code: SignedCode, in scene: Scene, of bundle: GateBundle, keys: EpochKeyFile?, source: String,
        _ findings: inout Findings
    ) throws(Refusal) {
        guard let person = code.claims.person, let suite = code.credential.algorithm.suite else { return }
        for domain in SealDomain.allCases where scene.domains.contains(domain) {
            guard let keys, keys.entries.contains(where: { $0.domain == domain }) else {
                // A gate whose bundle was exported without keys opens no domain, and warns of that. A gate whose
                // bundle was exported with keys, but whose key for this domain is missing, cannot decide.
                guard !scene.requiresEntitlement || bundle.domains.isEmpty else {
                    throw Refusal(.bundleUnreadable, "the bundle's \(domain.rawValue) key is missing")
                }
                findings.warnings.append("domain_closed")
                continue
            }
            guard let key = keys.key(issuer: code.claims.issuer, domain: domain, day: code.claims.issueDay) else {
                // Paper codes outlive epoch keys; their seals are empty anyway.
                guard scene.requiresEntitlement, person.kind != .paper else { continue }
                throw Refusal(.bundleExpired, "the gate has no \(domain.rawValue) key of day \(code.claims.issueDay)")
            }
            let identifier = try? Seals(suite: suite, cti: person.cti)
                .opened(person.seals, domain: domain, epochKey: key)
            if let identifier {
                findings.fused[domain] = Findings.Fused(identifier: identifier, source: source)
            } else if scene.requiresEntitlement {
                throw Refusal(.noEntitlement, "the holder has not linked \(domain.rawValue)")
            }
        }
    }
}
