import Credential

/// Decides whether the codes of one scan are one holder's; what nobody can say is not.
struct HolderMatch {
    /// The bundle's table, where both domains were exported.
    let table: BlindedLinkTable?
    /// The issuer's daemon, where the scene lets the gate ask.
    let registry: RegistryLink?

    /// Why the codes cannot be taken together; nil when they are one holder's.
    ///
    /// Codes are joined one by one to those already joined, so that two that share nothing are one holder's where a
    /// third says so.
    func refusal(_ verdicts: [Verdict], at now: UInt64) -> Refusal? {
        guard let first = verdicts.first else { return nil }
        var joined = [first]
        var rest = Array(verdicts.dropFirst())
        var unanswered: Refusal?
        var hasMoved = true
        while hasMoved && !rest.isEmpty {
            hasMoved = false
            for (index, verdict) in rest.enumerated() {
                do throws(Refusal) {
                    guard try isOneHolder(verdict, joined, at: now) else { continue }
                } catch {
                    unanswered = error
                    continue
                }
                joined.append(rest.remove(at: index))
                hasMoved = true
                break
            }
        }
        return rest.isEmpty ? nil : unanswered ?? Refusal(.holderMismatch, "the codes are not one holder's")
    }

    private func isOneHolder(_ verdict: Verdict, _ joined: [Verdict], at now: UInt64) throws(Refusal) -> Bool {
        var unanswered: Refusal?
        for other in joined {
            do throws(Refusal) {
                if try isOneHolder(verdict, other, at: now) { return true }
            } catch {
                unanswered = error
            }
        }
        if let unanswered { throw unanswered }
        return false
    }

    private func isOneHolder(_ first: Verdict, _ second: Verdict, at now: UInt64) throws(Refusal) -> Bool {
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
