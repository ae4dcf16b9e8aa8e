import Credential
import ForeignCodes

/// The insurer's 28-digit codes: without a link to the insurer they identify nobody, and the gate stays closed.
struct MedicalSource: IdentitySource {
    let name = "medical-code"
    let scene: Scene
    let link: MedicalLink?
    let isChallenged: Bool

    func recognises(_ payload: [UInt8]) -> Bool {
        payload.count == MedicalInsuranceCode.digitCount
            && MedicalInsuranceCode(String(decoding: payload, as: UTF8.self)) != nil
    }

    func closesWhenRefused(_ payload: [UInt8], _ findings: Findings) -> Bool { scene.fuses(.medical) }

    func accepted(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) throws(Refusal) -> Accepted {
        findings.form = .person
        let (taken, code, known) = try findings.stage(name) { (_) throws(Refusal) in
            let taken = try ForeignSceneProofs(.medical, in: scene, isChallenged: isChallenged)
            let code = try ReadableMedicalCode(payload)
            return (taken, code, try KnownToInsurer(code, in: scene, link: link, at: now))
        }
        findings.insurance = Findings.Insurance(region: known.person.region, status: known.person.status)
        let active = try InsuranceActive(known)
        findings.fused[.medical] = Findings.Fused(identifier: known.person.insuredId, source: name)
        return .medical(taken, code, known, active)
    }

    /// Notes nothing: the digits carry no time.
    func noteDeviceTime(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) {}
}
