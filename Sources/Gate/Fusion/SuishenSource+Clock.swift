import Credential

extension SuishenSource {
    func hear(_ payload: [UInt8], at now: UInt64, _ verdict: inout Verdict) {
        guard verdict.freshness == nil, let text = String(validating: payload, as: UTF8.self),
            let credential = try? UnverifiedCredential(text: text), credential.form == .person
        else { return }
        for record in trust.records(credential.keyIdentifier)
        where record.uses.contains(.person) && record.status != .compromised {
            guard let key = trust.key(record), let verified = try? credential.verified(by: key) else { continue }
            do throws(CredentialError) {
                return try verdict.note(verified.claims, verified.checkedPresentation(), at: now)
            } catch {
                return
            }
        }
    }
}

extension Verdict {
    /// Says how fresh a showing is: by the phone's word, or for a code that none has to show by the issuer's.
    mutating func note(_ claims: Claims, _ presentation: CheckedPresentation?, at now: UInt64) {
        guard let person = claims.person, presentation != nil || person.kind == .timed else { return }
        let time = presentation?.time ?? claims.issuedAt
        let end = presentation == nil ? max(claims.expiresAt ?? time, time) : time
        freshness = Freshness(kind: person.kind.name, time: time, now: now)
        clockWitness = ClockWitness(holder: person.cti, time: time, lifeSeconds: end - time, now: now)
    }
}
