import Credential
import Signing

/// The project's own codes, checked offline: trust list, signature, status, presentation, scene, seals.
struct SuishenSource: IdentitySource {
    let name = "suishen"
    let bundle: GateBundle
    let scene: Scene
    let statusLists: StatusStore
    let epochKeys: EpochKeyFile?
    let trust: TrustList
    let challenge: [UInt8]?
    let skewSeconds: UInt64

    func recognises(_ payload: [UInt8]) -> Bool {
        payload.starts(with: "SP".utf8) || payload.prefix(8).map { $0 | 0x20 }.elementsEqual("https://".utf8)
    }

    func assess(_ payload: [UInt8], at now: UInt64) -> Assessment {
        var assessment = Assessment(verdict: Verdict(.ok, scene: scene.name))
        do {
            try check(payload, at: now, &assessment)
        } catch {
            assessment.verdict.refuse(error)
        }
        return assessment
    }

    private func check(_ payload: [UInt8], at now: UInt64, _ assessment: inout Assessment) throws(Refusal) {
        let credential = try stage("parse", &assessment.verdict) { (verdict) throws(Refusal) in
            try parsed(payload, &verdict)
        }
        let record = try stage("trust", &assessment.verdict) { (_) throws(Refusal) in try records(credential, now) }
        let verified = try stage("signature", &assessment.verdict) { (verdict) throws(Refusal) in
            try self.verified(credential, record, now, &verdict)
        }
        try stage("status", &assessment.verdict) { (_) throws(Refusal) in try checkStatus(verified.claims, now) }
        let presentation = try stage("presentation", &assessment.verdict) { (verdict) throws(Refusal) in
            try checkPresentation(verified, now, &verdict)
        }
        try stage("scene", &assessment.verdict) { (verdict) throws(Refusal) in
            try checkScene(verified.claims, presentation, &verdict)
        }
        try stage("seals", &assessment.verdict) { (verdict) throws(Refusal) in try openSeals(verified, &verdict) }
        if let person = verified.claims.person, scene.isReplayRefused, person.kind != .paper {
            assessment.replayKey = ReplayKey(
                cti: person.cti, number: presentation?.replayNumber ?? verified.claims.issuedAt,
                isChain: person.kind == .chain)
        }
    }

    private func stage<Value>(
        _ name: String, _ verdict: inout Verdict, _ body: (inout Verdict) throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        do {
            let value = try body(&verdict)
            verdict.stages.append(Verdict.Stage(name: name, isPassed: true))
            return value
        } catch {
            verdict.stages.append(Verdict.Stage(name: name, isPassed: false))
            throw error
        }
    }

    private func parsed(_ payload: [UInt8], _ verdict: inout Verdict) throws(Refusal) -> UnverifiedCredential {
        guard let text = String(validating: payload, as: UTF8.self) else {
            throw Refusal(.malformed, "the scanned bytes are no text")
        }
        let credential: UnverifiedCredential
        do {
            credential = try UnverifiedCredential(text: text)
        } catch {
            throw Refusal(error)
        }
        verdict.form = credential.form
        guard scene.forms.contains(credential.form) else {
            throw Refusal(.wrongForm, "\(scene.name) takes no \(credential.form.name) codes")
        }
        if let host = credential.host, !bundle.hosts.contains(where: { $0.lowercased() == host.lowercased() }) {
            verdict.warnings.append("unknown_host")
        }
        return credential
    }

    /// The records that may have signed: known, of the header's algorithm, made for this form, still good.
    private func records(_ credential: UnverifiedCredential, _ now: UInt64) throws(Refusal) -> [IssuerRecord] {
        let known = trust.records(credential.keyIdentifier)
        guard !known.isEmpty else { throw Refusal(.unknownIssuer, "no issuer in the bundle has this key") }
        let matching = known.filter { $0.algorithm == credential.algorithm }
        guard !matching.isEmpty else {
            throw Refusal(.algorithmMismatch, "the header names another algorithm than the key's record")
        }
        let use = KeyUse(rawValue: credential.form.name)
        let usable = matching.filter { record in use.map(record.uses.contains) == true }
        guard !usable.isEmpty else {
            throw Refusal(.keyNotForThisUse, "the key may not sign \(credential.form.name) codes")
        }
        let sound = usable.filter { $0.status != .compromised }
        guard !sound.isEmpty else {
            throw Refusal(.keyExpired, "the key was compromised", warning: "key_compromised")
        }
        let current = sound.filter { now < $0.expiresAt }
        guard !current.isEmpty else { throw Refusal(.keyExpired, "the key's time is over") }
        return current
    }

    private func verified(
        _ credential: UnverifiedCredential, _ records: [IssuerRecord], _ now: UInt64, _ verdict: inout Verdict
    ) throws(Refusal) -> VerifiedCredential {
        var refusal = Refusal(.badSignature, "the issuer's signature does not fit")
        for record in records {
            guard let key = trust.key(record) else { continue }
            do {
                let verified = try credential.verified(by: key)
                guard verified.claims.issuer == record.issuer, verified.claims.issuedAt >= record.notBefore else {
                    refusal = Refusal(.keyNotForThisUse, "the key is not \(verified.claims.issuer)'s at that time")
                    continue
                }
                fill(verified, &verdict)
                try checkLife(verified, now)
                return verified
            } catch {
                refusal = Refusal(error)
                // Another key of the same identifier may still fit; nothing else mends with another key.
                if error.code != .badSignature { throw refusal }
            }
        }
        throw refusal
    }

    /// The skew forgives a begin that lies ahead; an end is an end.
    private func checkLife(_ credential: VerifiedCredential, _ now: UInt64) throws(CredentialError) {
        do {
            try credential.checkValidity(at: now, skewSeconds: 0)
        } catch {
            guard error.code == .notYetValid else { throw error }
            try credential.checkValidity(at: now, skewSeconds: skewSeconds)
        }
    }

    private func fill(_ credential: VerifiedCredential, _ verdict: inout Verdict) {
        verdict.issuer = Verdict.Issuer(
            name: credential.claims.issuer, keyIdentifier: credential.keyIdentifier,
            algorithm: credential.algorithm.token)
        switch credential.claims.body {
        case .person(let person):
            verdict.pseudonym = person.cti
            verdict.isLowAssurance = person.kind == .paper
            verdict.delegation = person.actor
        case .enterprise(let enterprise): verdict.enterprise = enterprise
        case .object(let object):
            verdict.object = object
            verdict.category = bundle.categories[object.category]
        }
    }

    /// Looks each of the code's indices up in its own shard.
    private func checkStatus(_ claims: Claims, _ now: UInt64) throws(Refusal) {
        guard let list = claims.statusList else { return }
        for index in claims.statusIndices {
            let (shard, bit): (OpenedStatusList, UInt64)
            do throws(BundleError) {
                (shard, bit) = try statusLists.bit(of: index, in: list, at: now)
            } catch {
                throw Refusal(.statusUnknown, error.reason, hint: error.hint)
            }
            // A set bit is never unset, so that an old list still knows whom to refuse; none is nil within the list.
            if shard.list.isRevoked(bit) != false { throw Refusal(.revoked, "the code is revoked") }
            // The bundle was signed over lists no older than it says; one that is stands in the place of a newer.
            if shard.isOutdated { throw Refusal(shard.outdated) }
            let (limit, overflows) = shard.list.issuedAt.addingReportingOverflow(scene.statusAgeSecondsMax)
            guard now < shard.list.expiresAt, overflows || now <= limit else {
                throw Refusal(
                    .statusUnknown, "the status list \(shard.reference.name) of \(shard.list.issuedAt) is too old")
            }
        }
    }

    private func checkPresentation(
        _ credential: VerifiedCredential, _ now: UInt64, _ verdict: inout Verdict
    ) throws(Refusal) -> CheckedPresentation? {
        do {
            let presentation = try credential.checkedPresentation()
            verdict.note(credential.claims, presentation, at: now)
            try presentation?.checkFreshness(
                at: now, ageSecondsMax: scene.presentationAgeSecondsMax, skewSeconds: skewSeconds)
            return presentation
        } catch {
            throw Refusal(error)
        }
    }

    private func checkScene(
        _ claims: Claims, _ presentation: CheckedPresentation?, _ verdict: inout Verdict
    ) throws(Refusal) {
        switch claims.body {
        case .person(let person):
            guard scene.kinds.contains(person.kind) else {
                throw Refusal(.wrongScene, "\(scene.name) takes no \(person.kind.name) codes")
            }
            if scene.isChallengeRequired && challenge == nil {
                throw Refusal(.challengeMismatch, "\(scene.name) needs a challenge, and the gate gave none")
            }
            if let challenge {
                guard let presentation else {
                    throw Refusal(.challengeMismatch, "a \(person.kind.name) code cannot answer a challenge")
                }
                do {
                    try presentation.checkChallenge(challenge)
                } catch {
                    throw Refusal(error)
                }
            }
            if let actor = person.actor, !scene.takes(delegated: actor.scope) {
                throw Refusal(.delegationRefused, "the guardian may not act in \(scene.name)")
            }
        case .enterprise: return
        case .object(let object):
            guard scene.objectKinds.contains(object.kind) else {
                throw Refusal(.wrongScene, "\(scene.name) takes no \(object.kind.name) codes")
            }
        }
    }

    private func openSeals(_ credential: VerifiedCredential, _ verdict: inout Verdict) throws(Refusal) {
        guard let person = credential.claims.person, let suite = credential.algorithm.suite else { return }
        for domain in SealDomain.allCases where scene.domains.contains(domain) {
            guard let epochKeys, epochKeys.entries.contains(where: { $0.domain == domain }) else {
                // A bundle exported for no domain makes a gate that opens none, and says so. One that was exported
                // with keys, and stands here without this domain's, cannot tell who may pass.
                guard !scene.requiresEntitlement || bundle.domains.isEmpty else {
                    throw Refusal(.bundleUnreadable, "the bundle came without a \(domain.rawValue) key, or has lost it")
                }
                verdict.warnings.append("domain_closed")
                continue
            }
            let claims = credential.claims
            guard let key = epochKeys.key(issuer: claims.issuer, domain: domain, day: claims.issueDay) else {
                // Paper codes outlive epoch keys; their seals hold nothing anyway.
                guard scene.requiresEntitlement, person.kind != .paper else { continue }
                throw Refusal(.bundleExpired, "the gate has no \(domain.rawValue) key of day \(claims.issueDay)")
            }
            let identifier = try? Seals(suite: suite, cti: person.cti)
                .opened(person.seals, domain: domain, epochKey: key)
            if let identifier {
                verdict.fused[domain] = Verdict.Fused(identifier: identifier, source: name)
            } else if scene.requiresEntitlement {
                throw Refusal(.noEntitlement, "the holder has not linked \(domain.rawValue)")
            }
        }
    }
}
