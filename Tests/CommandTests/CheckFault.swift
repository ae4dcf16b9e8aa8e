import Credential
import Encoding
import ForeignCodes
import Platform
import Signing
import TestSupport
import Testing

@testable import Gate

/// A scan at which exactly one check of a gate fails, and the expected code.
struct CheckFault: Sendable {
    let code: VerdictCode
    var scene = "metro-gate"
    var challenge: [UInt8]?
    var fare: UInt64 = 0
    var at = VerifyGate.now
    var link: String?
    var recorder: EventRecorder?
    /// The number of codes that are seen in the picture and not read.
    var unreadCount = 0
    /// The number of earlier scans of the same kind.
    var repetitionCount = 0
    /// Makes the payloads; first changes the gate's folder if the check concerns it.
    let payloads: @Sendable (VerifyGate) throws -> [[UInt8]]

    init(
        _ code: RefusalCode?, _ scene: String = "metro-gate", at: UInt64 = VerifyGate.now,
        _ text: @escaping @Sendable (VerifyGate) throws -> String
    ) {
        self.code = code.map { .refused($0) } ?? .ok
        self.scene = scene
        self.at = at
        payloads = { [try Self.payload(text($0))] }
    }

    init(
        window code: RefusalCode?, _ scene: String = "metro-gate",
        _ texts: @escaping @Sendable (VerifyGate) throws -> [String]
    ) {
        self.code = code.map { .refused($0) } ?? .ok
        self.scene = scene
        payloads = { try texts($0).map(Self.payload) }
    }

    func with(_ change: (inout CheckFault) -> Void) -> CheckFault {
        var fault = self
        change(&fault)
        return fault
    }

    /// Scans at a fresh gate, and returns the last scan's verdicts.
    func verdicts() throws -> [Verdict] {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let payloads = try payloads(gate)
        let directory = try GateDirectory(path: gate.folder)
        let scene = try #require(directory.bundle.scene(named: scene))
        let caller = MedicalLinkCaller(orgId: "H", businessType: "B", operatorId: "O", officeId: "F")
        let medical = link.flatMap(HTTPEndpoint.init).map { MedicalLink(endpoint: $0, caller: caller) }
        let verifier = Verifier(
            directory: directory, scene: scene, replay: try ReplayStore(path: "\(gate.folder)/replay"),
            challenge: challenge, fare: fare, links: Verifier.Links(medical: medical), recorder: recorder)
        for _ in 0..<repetitionCount { _ = verifier.settle(verifier.assess(payloads, at: at), at: at) }
        return verifier.settle(verifier.assess(payloads, unreadCount: unreadCount, at: at), at: at)
    }

    private static func payload(_ text: String) throws -> [UInt8] {
        try text.hasPrefix("hex:") ? Hex.decode(String(text.dropFirst(4))) : Array(text.utf8)
    }
}

extension CheckFault {
    /// The faults of each check of the project's own codes; a check without a case here does not compile.
    static func all(of check: SuishenCheck) -> [CheckFault] {
        switch check {
        case .readable: [CheckFault(.malformed) { _ in "SP1:" }]
        case .form: [CheckFault(.wrongForm, "park") { try $0.object() }]
        case .trust:
            [
                CheckFault(.unknownIssuer) { try $0.shown($0.person(by: .generate(.ed25519))) },
                CheckFault(.algorithmMismatch) {
                    try altered($0.shown($0.person()), after: [1, 0x27, 4], at: 1, by: 1)
                },
                CheckFault(.keyNotForThisUse) { try $0.shown($0.person(by: $0.narrow)) },
                CheckFault(.keyExpired) { try $0.shown($0.person(by: $0.expired)) },
                CheckFault(.keyExpired) { try $0.shown($0.person(by: $0.compromised)) },
            ]
        case .signature:
            [
                CheckFault(.badSignature, "object-inspection") { gate in
                    var bytes = try CredentialText(parsing: gate.object()).bytes
                    bytes[bytes.count - 1] ^= 1
                    return try CredentialText(bytes: bytes, form: .object, host: "qr.example.cn").text
                },
                CheckFault(.keyNotForThisUse, "object-inspection") { try $0.object(issuerName: "XX") },
            ]
        case .life:
            [
                CheckFault(.expired, at: VerifyGate.start + 3600) {
                    try $0.shown($0.person(), time: VerifyGate.start + 3599)
                },
                CheckFault(.notYetValid, at: VerifyGate.start + 60) {
                    try $0.shown($0.person(notBefore: VerifyGate.start + 90), time: VerifyGate.start + 60)
                },
            ]
        case .status: ofStatus
        case .presentation, .freshness: ofShowing(check)
        case .kind, .challenge, .delegation, .seals: ofScene(check)
        }
    }

    private static var ofStatus: [CheckFault] {
        [
            CheckFault(.revoked) { try $0.shown($0.person(index: VerifyGate.revokedIndex)) },
            CheckFault(.statusUnknown) { gate in
                try gate.export(version: 6, listTime: VerifyGate.start - 1)
                return try gate.shown(gate.person())
            },
            CheckFault(.statusUnknown) { gate in
                let old = VerifyGate.start - 86_400 * 3
                try gate.export(version: 6, listTime: old, listTimeMin: old)
                return try gate.shown(gate.person())
            },
        ]
    }

    private static func ofShowing(_ check: SuishenCheck) -> [CheckFault] {
        switch check {
        case .presentation:
            [
                CheckFault(.presentationMissing) { try $0.person() },
                CheckFault(.badPresentation) {
                    try altered($0.shown($0.person()), after: [12, 0x58, 64], at: 10, by: 1)
                },
            ]
        case .freshness:
            [
                CheckFault(.stale, at: VerifyGate.now + 31) { try $0.shown($0.person()) },
                CheckFault(.fromFuture, at: VerifyGate.now - 16) { try $0.shown($0.person()) },
            ]
        default: []
        }
    }

    private static func ofScene(_ check: SuishenCheck) -> [CheckFault] {
        switch check {
        case .kind:
            [
                CheckFault(.wrongScene) { try $0.person(kind: .paper) },
                CheckFault(.wrongScene, "place-checkin") { try $0.object() },
            ]
        case .challenge:
            [
                CheckFault(.challengeMismatch, "service-window") {
                    try $0.shown($0.person(), challenge: Array(2...9))
                }.with { $0.challenge = Array(1...8) },
                CheckFault(.challengeMismatch, "service-window") {
                    try $0.shown($0.person(), challenge: Array(1...8))
                },
            ]
        case .delegation:
            [
                CheckFault(.delegationRefused) {
                    let actor = Delegation(guardian: Array(1...8), statusIndex: 2, scope: DelegationScope.service)
                    return try $0.shown($0.person(actor: actor))
                }
            ]
        case .seals: [CheckFault(.noEntitlement) { try $0.shown($0.person(identifiers: [:])) }]
        default: []
        }
    }

    /// A text with one byte changed, `offset` bytes after the start of a pattern.
    private static func altered(_ text: String, after pattern: [UInt8], at offset: Int, by bits: UInt8) throws -> String
    {
        var bytes = try CredentialText(parsing: text).bytes
        let start = try #require(bytes.indices.dropLast(3).first { Array(bytes[$0..<$0 + 3]) == pattern })
        bytes[start + offset] ^= bits
        return try CredentialText(bytes: bytes, form: .person, host: nil).text
    }
}
