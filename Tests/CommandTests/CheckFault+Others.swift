import Credential
import Encoding
import ForeignCodes
import Signing
import TestSupport

@testable import Gate

extension CheckFault {
    /// The faults of each check that other issuers' codes need at a scene, for transit codes.
    static func all(of check: ForeignSceneCheck) -> [CheckFault] {
        switch check {
        case .form: [CheckFault(.wrongForm, "place-checkin") { try $0.transit.code() }]
        case .domain: [CheckFault(.wrongScene, "hospital") { try $0.transit.code() }]
        case .challenge:
            [CheckFault(.challengeMismatch) { try $0.transit.code() }.with { $0.challenge = Array(1...8) }]
        }
    }

    /// The faults of each check of a transit code.
    static func all(of check: TransitCheck) -> [CheckFault] {
        switch check {
        case .layout: [CheckFault(.malformed) { try String($0.transit.code().dropLast(2)) }]
        case .authority: [CheckFault(.unknownIssuer) { try $0.transit.code(caIndex: 2) }]
        case .authorityTerm:
            [
                (RefusalCode.keyExpired, TransitAuthority.Status.compromised, nil, nil),
                (.keyExpired, .active, nil, VerifyGate.now), (.keyNotForThisUse, .active, VerifyGate.now + 1, nil),
            ].map { (code, status, start: UInt64?, end: UInt64?) in
                CheckFault(code) { gate in
                    let limited = TransitAuthority(
                        key: gate.transit.authority.verificationKey.raw, notBefore: start, expiresAt: end,
                        status: status)
                    let network = TransitNetwork(layout: TransitLayout(), authorities: [1: limited])
                    try gate.export(version: 6, network: network)
                    return try gate.transit.code()
                }
            }
        case .certificateTerm:
            [CheckFault(.keyExpired) { try $0.transit.code(certificateEnd: VerifyGate.now - 86_400 * 2) }]
        case .authorisation:
            [
                CheckFault(.expired) {
                    try $0.transit.code(
                        goodUntil: VerifyGate.now - 1, certificateEnd: VerifyGate.now + 86_400)
                }
            ]
        case .time:
            [
                CheckFault(.stale) { try $0.transit.code(generatedAt: VerifyGate.now - 31) },
                CheckFault(.fromFuture) { try $0.transit.code(generatedAt: VerifyGate.now + 16) },
            ]
        case .fare: [CheckFault(.noEntitlement) { try $0.transit.code() }.with { $0.fare = 1501 }]
        case .certificateSignature:
            [CheckFault(.badSignature) { try $0.transit.code(authority: $0.transit.phone) }]
        case .certificateIssuer:
            [CheckFault(.keyNotForThisUse) { try $0.transit.code(certifiedIssuer: [0, 0, 0, 9]) }]
        case .cardSignature: [CheckFault(.badSignature) { try $0.transit.code(issuer: $0.transit.phone) }]
        case .phoneSignature:
            [
                CheckFault(.badPresentation) {
                    let code = try $0.transit.code()
                    return code.dropLast() + (code.hasSuffix("0") ? "1" : "0")
                }
            ]
        }
    }

    /// The faults of each check of a medical-insurance code; `link` is the insurer's address.
    static func all(of check: MedicalCheck, link: String) -> [CheckFault] {
        let asking = { (fault: CheckFault) in fault.with { $0.link = link } }
        return switch check {
        case .readable:
            // A province that does not exist: the digits then match none of the gate's kinds of code.
            [asking(CheckFault(.malformed, "hospital") { _ in "4240123456789012345678" + "99" + "0000" })]
        case .insurer:
            [
                CheckFault(.linkUnavailable, "hospital") { _ in MedicalAuthority.code },
                asking(CheckFault(.noEntitlement, "hospital") { _ in "4249999999999999999999310000" }),
            ]
        case .insurance: [asking(CheckFault(.noEntitlement, "hospital") { _ in MedicalAuthority.suspendedCode })]
        }
    }

    /// The faults of each check of the gate's own.
    static func all(of check: ScanCheck) -> [CheckFault] {
        switch check {
        case .signedTime:
            [
                CheckFault(.clockBeforeBundle, at: VerifyGate.start - 16) { try $0.shown($0.person()) },
                CheckFault(.clockBeforeBundle) { gate in
                    try gate.export(version: VerifyGate.now + 86_401)
                    return try gate.shown(gate.person())
                },
                CheckFault(.clockBeforeBundle) { gate in
                    try gate.export(version: 6, issuedAt: VerifyGate.now + 16)
                    return try gate.shown(gate.person())
                },
            ]
        case .bundleTerm:
            [
                CheckFault(.bundleExpired, at: VerifyGate.start + 86_400 * 2) {
                    try $0.transit.code(
                        generatedAt: VerifyGate.start + 86_400 * 2, goodUntil: VerifyGate.start + 86_400 * 99)
                }
            ]
        case .noneRefused:
            [
                CheckFault(window: .revoked) {
                    let index = VerifyGate.revokedIndex
                    return [try $0.shown($0.person()), try $0.shown($0.person(index: index))]
                }
            ]
        case .holder:
            [
                CheckFault(window: .holderMismatch) {
                    let other: [SealDomain: [UInt8]] = [.transit: Array(2...13)]
                    return [try $0.shown($0.person()), try $0.shown($0.person(identifiers: other))]
                }
            ]
        case .domains: [CheckFault(.noEntitlement, "hospital-shuttle") { try $0.transit.code() }]
        case .read: [CheckFault(.unreadable) { try $0.shown($0.person()) }.with { $0.unreadCount = 1 }]
        // A wrong clock refuses nothing by itself; another test checks its warning.
        case .clock: []
        case .replay: [CheckFault(.replayed) { try $0.shown($0.person()) }.with { $0.repetitionCount = 1 }]
        case .event: [CheckFault(.bundleUnreadable, "object-inspection") { try $0.object() }]
        }
    }
}

/// Randomness that always fails, so that no event can be recorded.
struct FailingRandom: RandomSource {
    func bytes(_ count: Int) throws(SigningError) -> [UInt8] {
        throw SigningError(code: .randomUnavailable, reason: "none", hint: "none")
    }
}
