import Credential
import Signing

/// The project's own codes, checked offline: trust list, signature, status, presentation, scene, seals.
struct SuishenSource: IdentitySource {
    let name = "suishen"
    let bundle: GateBundle
    let scene: Scene
    let statusLists: StatusStore
    let epochKeys: GateEpochKeys
    let trust: TrustList
    let challenge: [UInt8]?
    let skewSeconds: UInt64

    func recognises(_ payload: [UInt8]) -> Bool { CredentialText.isOwn(payload) }

    /// Whether an issuer of the bundle signed the code: a person's, or one of a form that the scene takes.
    ///
    /// Expired and revoked codes count too, and so does every reason to refuse them. A forged or foreign code is nobody's,
    /// and the code of a place on a poster is no second holder before a gate for persons. A signature by a compromised
    /// key proves nothing.
    func closesWhenRefused(_ payload: [UInt8], _ findings: Findings) -> Bool {
        guard let text = String(validating: payload, as: UTF8.self),
            let credential = try? UnverifiedCredential(text: text),
            credential.form == .person || scene.forms.contains(credential.form),
            let use = KeyUse(rawValue: credential.form.name)
        else { return false }
        // The signature was verified on the way to the refusal.
        if findings.issuer != nil { return true }
        for record in trust.records(credential.keyIdentifier)
        where record.uses.contains(use) && record.status != .compromised {
            guard let key = trust.key(record) else { continue }
            do throws(CredentialError) {
                if try credential.verified(by: key).claims.issuer == record.issuer { return true }
            } catch {
                // The claims are looked at after the signature.
                if error.code == .malformed { return true }
            }
        }
        return false
    }

    func accepted(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) throws(Refusal) -> Accepted {
        let (readable, form) = try findings.stage("parse") { (findings) throws(Refusal) in
            let readable = try ReadableCode(payload)
            findings.form = readable.credential.form
            let form = try FormTaken(readable, in: scene)
            warnOfHost(readable.credential.host, &findings)
            return (readable, form)
        }
        let keys = try findings.stage("trust") { (_) throws(Refusal) in
            try TrustedKeys(of: readable, in: trust, at: now)
        }
        let (code, life) = try findings.stage("signature") { (findings) throws(Refusal) in
            let code = try SignedCode(readable, by: keys, in: trust)
            findings.note(code, categories: bundle.categories)
            return (code, try CodeInLife(code, at: now, skewSeconds: skewSeconds))
        }
        let status = try findings.stage("status") { (findings) throws(Refusal) in
            // Of a hot list that is not taken, also beside a refusal.
            defer {
                if statusLists.hotListRefusal != nil { findings.warnings.append(RunningGate.refusedWarning) }
            }
            return try NotRevoked(code, in: statusLists, of: scene, at: now, skewSeconds: skewSeconds)
        }
        let (shown, freshness) = try findings.stage("presentation") { (findings) throws(Refusal) in
            let shown = try ShownByHolder(code)
            findings.note(code.claims, shown.presentation, at: now)
            return (shown, try FreshlyShown(shown, in: scene, at: now, skewSeconds: skewSeconds))
        }
        let (kind, answered, delegation) = try findings.stage("scene") { (_) throws(Refusal) in
            (
                try KindTaken(code, in: scene),
                try ChallengeAnswered(code, shown, in: scene, challenge: challenge),
                try DelegationAllowed(code, in: scene)
            )
        }
        let seals = try findings.stage("seals") { (findings) throws(Refusal) in
            let keys = epochKeys.keys(at: now, skewSeconds: skewSeconds)
            let seals = try SealsOpened(code, in: scene, keys: keys, source: name, &findings)
            findings.identifyClockWitness()
            return seals
        }
        return .suishen(
            SuishenProofs(
                readable: readable, form: form, trust: keys, signature: code, life: life, status: status,
                presentation: shown, freshness: freshness, kind: kind, challenge: answered, delegation: delegation,
                seals: seals))
    }

    private func warnOfHost(_ host: String?, _ findings: inout Findings) {
        guard let host, !bundle.hosts.contains(where: { $0.lowercased() == host.lowercased() }) else { return }
        findings.warnings.append("unknown_host")
    }
}
