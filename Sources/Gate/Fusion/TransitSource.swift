import Credential
import ForeignCodes

/// The transit network's binary codes, checked offline with the CA keys of the bundle.
struct TransitSource: IdentitySource {
    let name = "transit-code"
    let scene: Scene
    let verifier: TransitVerifier
    /// What the ride costs at most, in hundredths of a yuan.
    let fare: UInt64
    let isChallenged: Bool

    /// No text begins with the byte 0x81: it continues a character in UTF-8.
    func recognises(_ payload: [UInt8]) -> Bool {
        payload.first == TransitLayout.version
    }

    func assess(_ payload: [UInt8], at now: UInt64) -> Assessment {
        var assessment = Assessment(verdict: Verdict(.ok, scene: scene.name))
        assessment.verdict.form = .person
        if let refusal = scene.refusal(ofSourceIn: .transit, isChallenged: isChallenged) {
            assessment.verdict.refuse(refusal)
            return assessment
        }
        do throws(TransitRefusal) {
            let code = try verifier.verified(payload, fare: fare, at: now)
            assessment.verdict.stages.append(Verdict.Stage(name: name, isPassed: true))
            assessment.verdict.terminalNumber = 0
            note(code, at: now, &assessment.verdict)
            assessment.verdict.fused[.transit] = Verdict.Fused(identifier: code.transitIdentifier, source: name)
            if scene.isReplayRefused { assessment.replayKey = code.replayKey }
        } catch {
            assessment.verdict.stages.append(Verdict.Stage(name: name, isPassed: false))
            assessment.verdict.terminalNumber = error.terminalNumber
            assessment.verdict.refuse(Refusal(error))
        }
        return assessment
    }

    func hear(_ payload: [UInt8], at now: UInt64, _ verdict: inout Verdict) {
        guard verdict.freshness == nil, let code = verifier.untimely(payload) else { return }
        note(code, at: now, &verdict)
    }

    private func note(_ code: VerifiedTransitCode, at now: UInt64, _ verdict: inout Verdict) {
        verdict.freshness = Verdict.Freshness(kind: name, time: code.generatedAt, now: now)
        verdict.clockWitness = ClockWitness(holder: code.replayKey.cti, time: code.generatedAt, now: now)
    }
}
