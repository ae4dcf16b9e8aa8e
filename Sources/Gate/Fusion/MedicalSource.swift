import Credential
import ForeignCodes
import Signing

/// The insurer's 28-digit codes: without a link they say nothing, and the gate stays closed.
struct MedicalSource: IdentitySource {
    let name = "medical-code"
    let scene: Scene
    let link: MedicalLink?
    let isChallenged: Bool

    func recognises(_ payload: [UInt8]) -> Bool {
        payload.count == MedicalInsuranceCode.digitCount
            && MedicalInsuranceCode(String(decoding: payload, as: UTF8.self)) != nil
    }

    func assess(_ payload: [UInt8], at now: UInt64) -> Assessment {
        var assessment = Assessment(verdict: Verdict(.ok, scene: scene.name))
        assessment.verdict.form = .person
        do throws(Refusal) {
            let person = try resolved(payload, at: now)
            assessment.verdict.stages.append(Verdict.Stage(name: name, isPassed: true))
            assessment.verdict.insurance = Verdict.Insurance(region: person.region, status: person.status)
            guard person.isActive else {
                throw Refusal(.noEntitlement, "the insurer says that the insurance is \(person.status)")
            }
            assessment.verdict.fused[.medical] = Verdict.Fused(identifier: person.insuredId, source: name)
            if scene.isReplayRefused { assessment.replayKey = Self.replayKey(payload) }
        } catch {
            if assessment.verdict.insurance == nil {
                assessment.verdict.stages.append(Verdict.Stage(name: name, isPassed: false))
            }
            assessment.verdict.refuse(error)
        }
        return assessment
    }

    /// The digits bear no time.
    func hear(_ payload: [UInt8], at now: UInt64, _ verdict: inout Verdict) {}

    private func resolved(_ payload: [UInt8], at now: UInt64) throws(Refusal) -> InsuredPerson {
        if let refusal = scene.refusal(ofSourceIn: .medical, isChallenged: isChallenged) { throw refusal }
        guard let code = MedicalInsuranceCode(String(decoding: payload, as: UTF8.self)) else {
            throw Refusal(.malformed, "the digits are no medical-insurance code")
        }
        guard scene.isOnlineAllowed else {
            throw Refusal(.linkUnavailable, "\(scene.name) asks nobody online, and the code says nothing by itself")
        }
        guard let link else { throw Refusal(.linkUnavailable, "the gate was given no link to the insurer") }
        do {
            return try link.resolve(code, at: now)
        } catch {
            let code = VerdictCode(rawValue: error.code.rawValue) ?? .linkUnavailable
            throw Refusal(code, error.reason, hint: error.hint)
        }
    }

    /// The code itself: it bears no time, and its digits are drawn anew for every showing.
    ///
    /// The store forgets it as it does others, after ``ReplayStore/windowSeconds``; when a code ends is for the insurer
    /// to say, who is asked about each.
    private static func replayKey(_ payload: [UInt8]) -> ReplayKey {
        let digest = DigestAlgorithm.sha256.digest(Array("suishen medical replay v1".utf8) + payload)
        return ReplayKey(cti: Array(digest.prefix(8)), number: 0)
    }
}
