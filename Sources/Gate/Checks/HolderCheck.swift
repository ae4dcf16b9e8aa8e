import Credential
import ForeignCodes

/// All codes in view are one holder's.
struct OneHolder: Proof {
    static let check = ScanCheck.holder

    init(_ codes: [Findings], by match: HolderMatch, at now: UInt64) throws(Refusal) {
        try match.join(codes, at: now)
    }
}

/// Decides whether the codes of one scan are one holder's; where nobody can tell, they are not.
struct HolderMatch {
    /// The bundle's table, where both domains were exported.
    let table: BlindedLinkTable?
    /// The issuer's daemon, where the scene lets the gate ask.
    let registry: RegistryLink?

    /// Joins the codes one by one to those already joined, so that two that share nothing are one holder's where a
    /// third says so.
    ///
    /// Throws where they are not all joined in the end.
    fileprivate func join(_ codes: [Findings], at now: UInt64) throws(Refusal) {
        guard let first = codes.first else { return }
        var joined = [first]
        var rest = Array(codes.dropFirst())
        var unanswered: Refusal?
        var hasMoved = true
        while hasMoved && !rest.isEmpty {
            hasMoved = false
            for (index, code) in rest.enumerated() {
                do throws(Refusal) {
                    guard try isOneHolder(code, joined, at: now) else { continue }
                } catch {
                    unanswered = error
                    continue
                }
                joined.append(rest.remove(at: index))
                hasMoved = true
                break
            }
        }
        guard rest.isEmpty else { throw unanswered ?? Refusal(.holderMismatch, "the codes are not one holder's") }
    }

    private func isOneHolder(_ code: Findings, _ joined: [Findings], at now: UInt64) throws(Refusal) -> Bool {
        var unanswered: Refusal?
        for other in joined {
            do throws(Refusal) {
                if try isOneHolder(code, other, at: now) { return true }
            } catch {
                unanswered = error
            }
        }
        if let unanswered { throw unanswered }
        return false
    }

    private func isOneHolder(_ first: Findings, _ second: Findings, at now: UInt64) throws(Refusal) -> Bool {
        if let pseudonym = first.pseudonym, pseudonym == second.pseudonym { return true }
        if let object = first.object, object.id == second.object?.id { return true }
        if let enterprise = first.enterprise, enterprise.uscc == second.enterprise?.uscc { return true }
        // One domain in both settles it either way.
        for domain in SealDomain.allCases {
            guard let one = first.fused[domain], let other = second.fused[domain] else { continue }
            return one.identifier == other.identifier
        }
        for (one, other) in [(first, second), (second, first)] {
            guard let medical = one.fused[.medical]?.identifier, let transit = other.fused[.transit]?.identifier
            else { continue }
            if table?.links(medical: medical, transit: transit) == true { return true }
            // A link may be younger than the table.
            if try registry?.isLinked(medical: medical, transit: transit, at: now) == true { return true }
        }
        return false
    }
}
