import Credential
import ForeignCodes
import Signing

/// The seals of the scene's domains are opened; if the scene requires an entitlement, every one of them was opened.
struct SealsOpened: Proof {
    static let check = SuishenCheck.seals

    /// Opens the seals, and notes the holder's identifier in each domain.
    ///
    /// A refused code's findings keep the domains that were opened before the refusal.
    init(
        _ code: SignedCode, in scene: Scene, keys: EpochKeyFile?, source: String,
        _ findings: inout Findings
    ) throws(Refusal) {
        guard let person = code.claims.person, let suite = code.credential.algorithm.suite else {
            guard !scene.requiresEntitlement else {
                throw Refusal(.noEntitlement, "the code has no seals, and \(scene.name) needs an entitlement")
            }
            return
        }
        for domain in SealDomain.allCases where scene.domains.contains(domain) {
            guard let keys, keys.entries.contains(where: { $0.domain == domain }) else {
                guard !scene.requiresEntitlement else {
                    throw Refusal(
                        .bundleUnreadable,
                        "\(scene.name) needs an entitlement, and the gate has no \(domain.rawValue) key",
                        hint: "export the bundle again with --domain \(domain.rawValue)")
                }
                findings.warnings.append("domain_closed")
                continue
            }
            guard let key = keys.key(issuer: code.claims.issuer, domain: domain, day: code.claims.issueDay) else {
                // A code may outlive the epoch keys; a scene that needs no entitlement then leaves its seal closed.
                guard scene.requiresEntitlement else { continue }
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
