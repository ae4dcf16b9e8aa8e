import Credential
import Signing

extension SuishenSource {
    func noteDeviceTime(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) {
        guard findings.freshness == nil, let text = String(validating: payload, as: UTF8.self),
            let credential = try? UnverifiedCredential(text: text), credential.form == .person
        else { return }
        for record in trust.records(credential.keyIdentifier)
        where record.uses.contains(.person) && record.status != .compromised {
            guard let key = trust.key(record), let verified = try? credential.verified(by: key),
                record.signs(at: verified.claims.issuedAt)
            else { continue }
            do throws(CredentialError) {
                return try findings.note(verified.claims, verified.checkedPresentation(), at: now)
            } catch {
                return
            }
        }
    }
}

extension PersonClaims {
    /// The key of the phone that signs the code's showings; nil for kinds of codes without one.
    fileprivate var deviceKey: [UInt8]? {
        if case .deviceKey(let key) = binding { key } else { nil }
    }
}

extension Findings {
    /// Names the clock witness's holder by an identifier that was opened, if one was.
    mutating func identifyClockWitness() {
        for domain in [SealDomain.transit, .medical] {
            guard let identifier = fused[domain]?.identifier else { continue }
            clockWitness?.setHolder(identifier: identifier, in: domain)
            return
        }
    }

    /// Notes how fresh a showing is: by the phone's time, or by the issuer's time for a code without a phone signature.
    mutating func note(_ claims: Claims, _ presentation: CheckedPresentation?, at now: UInt64) {
        guard let person = claims.person, presentation != nil || person.kind == .timed else { return }
        let time = presentation?.time ?? claims.issuedAt
        let end = presentation == nil ? max(claims.expiresAt ?? time, time) : time
        freshness = Freshness(kind: person.kind.name, time: time, now: now)
        clockWitness = ClockWitness(
            deviceKey: person.deviceKey, time: time, lifeSeconds: end - time, now: now)
    }

    /// Notes the signer of the code, and the person, enterprise or object that it is about.
    mutating func note(_ code: SignedCode, categories: [UInt64: String]) {
        issuer = Issuer(
            name: code.claims.issuer, keyIdentifier: code.credential.keyIdentifier,
            algorithm: code.credential.algorithm.token)
        switch code.claims.body {
        case .person(let person):
            pseudonym = person.cti
            isLowAssurance = person.kind == .paper
            delegation = person.actor
        case .enterprise(let claims): enterprise = claims
        case .object(let claims):
            object = claims
            category = categories[claims.category]
        }
    }
}
