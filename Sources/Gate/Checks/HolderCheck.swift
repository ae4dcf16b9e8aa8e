import Credential
import ForeignCodes

/// All codes in view belong to one holder.
struct OneHolder: Proof {
    static let check = ScanCheck.holder

    init(_ codes: [Findings], by match: HolderMatch, at now: UInt64) throws(Refusal) {
        try match.join(codes, at: now)
    }
}

/// Decides whether the codes of one scan belong to one holder; without evidence, they do not.
struct HolderMatch {
    /// The bundle's table, if both domains were exported.
    let table: BlindedLinkTable?
    /// The issuer's daemon, if the scene allows online requests.
    let registry: RegistryLink?

    /// Joins the codes one by one to the joined group, so that a third code can link two codes that share nothing.
    ///
    /// Throws if a code is left over in the end.
    fileprivate func join(_ codes: [Findings], at now: UInt64) throws(Refusal) {
        guard codes.count > 1, let first = codes.first else { return }
        var joined = [first]
        var rest = Array(codes.dropFirst())
        var unanswered: Refusal?
        var hasJoined = true
        while hasJoined && !rest.isEmpty {
            hasJoined = false
            for (index, code) in rest.enumerated() {
                do throws(Refusal) {
                    guard try isOneHolder(code, joined, at: now) else { continue }
                } catch {
                    unanswered = error
                    continue
                }
                joined.append(rest.remove(at: index))
                hasJoined = true
                break
            }
        }
        guard rest.isEmpty else { throw unanswered ?? Refusal(.holderMismatch, "the codes have no holder in common") }
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
        if first.isSameSubject(as: second) { return true }
        // If both codes have an identifier in a domain, comparing the two decides; every such domain must agree.
        let shared = SealDomain.allCases.filter { first.fused[$0] != nil && second.fused[$0] != nil }
        guard shared.isEmpty else {
            return shared.allSatisfy { first.fused[$0]?.identifier == second.fused[$0]?.identifier }
        }
        for (one, other) in [(first, second), (second, first)] {
            guard let medical = one.fused[.medical]?.identifier, let transit = other.fused[.transit]?.identifier
            else { continue }
            if table?.links(medical: medical, transit: transit) == true { return true }
            // A link may be newer than the table, so the daemon is asked as well.
            if try registry?.isLinked(medical: medical, transit: transit, at: now) == true { return true }
        }
        return false
    }
}

extension Findings {
    /// Whether the code is the same person code as one of the others, at another showing.
    ///
    /// Two codes of one object or enterprise are not: that one of them is revoked matters.
    func isOfHolder(of others: [Findings]) -> Bool {
        pseudonym != nil && others.contains { $0.pseudonym == pseudonym }
    }

    fileprivate func isSameSubject(as other: Findings) -> Bool {
        if let pseudonym, pseudonym == other.pseudonym { return true }
        if let object, object.id == other.object?.id { return true }
        if let enterprise, enterprise.uscc == other.enterprise?.uscc { return true }
        return false
    }
}
