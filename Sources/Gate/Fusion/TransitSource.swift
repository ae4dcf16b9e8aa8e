import Credential
import ForeignCodes

/// The transit network's binary codes, checked offline with the CA keys of the bundle.
struct TransitSource: IdentitySource {
    let name = "transit-code"
    let scene: Scene
    let verifier: TransitVerifier
    /// The highest price of the ride, in hundredths of a yuan.
    let fare: UInt64
    let isChallenged: Bool

    /// No text begins with the byte 0x81: it continues a character in UTF-8.
    func recognises(_ payload: [UInt8]) -> Bool {
        payload.first == TransitLayout.version
    }

    func closesWhenRefused(_ payload: [UInt8], _ findings: Findings) -> Bool { scene.fuses(.transit) }

    func accepted(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) throws(Refusal) -> Accepted {
        findings.form = .person
        let taken = try ForeignSceneProofs(.transit, in: scene, isChallenged: isChallenged)
        let code = try findings.stage(name) { (findings) throws(Refusal) in
            do throws(TransitRefusal) {
                return try verifier.verified(payload, fare: fare, at: now)
            } catch {
                findings.terminalNumber = error.terminalNumber
                throw Refusal(error)
            }
        }
        note(code.showing, at: now, &findings)
        findings.fused[.transit] = Findings.Fused(identifier: code.showing.transitIdentifier, source: name)
        return .transit(taken, code)
    }

    func noteDeviceTime(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) {
        guard findings.freshness == nil, let code = verifier.signed(payload) else { return }
        note(code, at: now, &findings)
    }

    private func note(_ code: SignedTransitCode, at now: UInt64, _ findings: inout Findings) {
        findings.freshness = Findings.Freshness(kind: name, time: code.generatedAt, now: now)
        findings.clockWitness = ClockWitness(deviceKey: nil, time: code.generatedAt, now: now)
        findings.clockWitness?.setHolder(identifier: code.transitIdentifier, in: .transit)
    }
}
