import Credential
import Encoding
import ForeignCodes
import Platform
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("An accept")
struct EarnedVerdictTests {
    /// Expects that each fault leads to its own refusal, and to no other.
    private func expectRefusals(_ faults: [CheckFault], of check: some Hashable) throws {
        #expect(!faults.isEmpty, "\(check) has no case")
        for fault in faults {
            let verdicts = try fault.verdicts()
            #expect(
                !verdicts.isEmpty && verdicts.allSatisfy { $0.code == fault.code }, "\(check): \(verdicts.map(\.code))")
            #expect(fault.code == .ok || verdicts.allSatisfy { $0.outcome != .accept }, "\(check)")
        }
    }

    @Test("needs every check of the project's own codes", arguments: SuishenCheck.allCases)
    func suishen(check: SuishenCheck) throws {
        try expectRefusals(CheckFault.all(of: check), of: check)
    }

    @Test("needs every check of a transit code", arguments: TransitCheck.allCases)
    func transit(check: TransitCheck) throws {
        try expectRefusals(CheckFault.all(of: check), of: check)
    }

    @Test("needs every check that a scene makes of another issuer's code", arguments: ForeignSceneCheck.allCases)
    func foreign(check: ForeignSceneCheck) throws {
        try expectRefusals(CheckFault.all(of: check), of: check)
        let scenes: [ForeignSceneCheck: (String, RefusalCode)] = [
            .form: ("place-checkin", .wrongForm), .domain: ("metro-gate", .wrongScene),
            .challenge: ("hospital", .challengeMismatch),
        ]
        let authority = try MedicalAuthority([])
        let (scene, code) = try #require(scenes[check])
        let medical = CheckFault(code, scene) { _ in MedicalAuthority.code }.with { fault in
            fault.link = authority.address
            if check == .challenge { fault.challenge = Array(1...8) }
        }
        try expectRefusals([medical], of: check)
    }

    @Test("needs every check of a medical-insurance code", arguments: MedicalCheck.allCases)
    func medical(check: MedicalCheck) throws {
        let authority = try MedicalAuthority([])
        try expectRefusals(CheckFault.all(of: check, link: authority.address), of: check)
    }

    @Test("needs every check that the gate itself makes", arguments: ScanCheck.allCases.filter { $0 != .clock })
    func gate(check: ScanCheck) throws {
        let folder = try ScratchFolder()
        let recorder = EventRecorder(
            spool: try EventSpool(path: folder("spool")), template: .init(step: "inspecting"), sender: nil,
            random: FailingRandom())
        let faults = CheckFault.all(of: check).map { fault in
            fault.with { if check == .event { $0.recorder = recorder } }
        }
        try expectRefusals(faults, of: check)
    }

    @Test("warns when most holders' phones differ from this machine's clock")
    func clock() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let directory = try GateDirectory(path: gate.folder)
        let verifier = Verifier(
            directory: directory, scene: try #require(directory.bundle.scene(named: "metro-gate")),
            replay: try ReplayStore(path: "\(gate.folder)/replay"))
        var last: Verdict?
        for _ in 0..<ClockWatch.holderCountMin {
            let shown = try Array(gate.shownByAnother(time: VerifyGate.now + 10).utf8)
            last = verifier.settle(verifier.assess([shown], at: VerifyGate.now), at: VerifyGate.now).first
        }
        #expect(last?.code == .ok && last?.findings.warnings == ["root_unpinned", "clock_behind"])
    }

    @Test("is the verdict of the same scans without their faults")
    func faultless() throws {
        let authority = try MedicalAuthority([])
        let sound: [CheckFault] = [
            CheckFault(nil) { try $0.shown($0.person()) },
            CheckFault(nil) { try $0.transit.code() }.with { $0.fare = 1500 },
            CheckFault(nil, "hospital") { _ in MedicalAuthority.code }.with { $0.link = authority.address },
            CheckFault(nil, "object-inspection") { try $0.object() },
            CheckFault(nil, "place-checkin") { try $0.object(.place) },
            CheckFault(nil, "park") { try $0.person(kind: .paper) },
            CheckFault(nil, "service-window") { try $0.shown($0.person(), challenge: Array(1...8)) }
                .with { $0.challenge = Array(1...8) },
            CheckFault(window: nil) { [try $0.shown($0.person()), try $0.shown($0.person())] },
        ]
        try expectRefusals(sound, of: "sound")
    }

    @Test("rests on a proof of every listed check, and on no other proof")
    func everyProof() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let directory = try GateDirectory(path: gate.folder)
        let authority = try MedicalAuthority([])
        let caller = MedicalLinkCaller(orgId: "H", businessType: "B", operatorId: "O", officeId: "F")
        let links = Verifier.Links(medical: HTTPEndpoint(authority.address).map { .init(endpoint: $0, caller: caller) })
        func accepted(_ scene: String, _ payload: [UInt8]) throws -> (AcceptedCode, TogetherProofs) {
            let verifier = Verifier(
                directory: directory, scene: try #require(directory.bundle.scene(named: scene)), replay: nil,
                links: links)
            let scan = verifier.assess([payload], at: VerifyGate.now)
            return (try #require(try scan.codes.first?.answer.get()), try scan.together.get())
        }
        let (own, together) = try accepted("metro-gate", Array(gate.shown(gate.person()).utf8))
        #expect(Proofs(in: own).checks(SuishenCheck.self) == Set(SuishenCheck.allCases))
        let code = try gate.transit.code().dropFirst(4)
        let (transit, _) = try accepted("metro-gate", Hex.decode(String(code)))
        #expect(Proofs(in: transit).checks(TransitCheck.self) == Set(TransitCheck.allCases))
        #expect(Proofs(in: transit).checks(ForeignSceneCheck.self) == Set(ForeignSceneCheck.allCases))
        let (medical, _) = try accepted("hospital", Array(MedicalAuthority.code.utf8))
        #expect(Proofs(in: medical).checks(MedicalCheck.self) == Set(MedicalCheck.allCases))
        #expect(Proofs(in: medical).checks(ForeignSceneCheck.self) == Set(ForeignSceneCheck.allCases))
        var codes: [AssessedCode] = []
        let scan = ScanProofs(
            together: together, clock: ClockCompared(&codes, by: ClockWatch(path: "\(gate.folder)/clock")),
            replay: try NotReplayed(&codes, in: nil, of: Scene(name: "x", forms: []), at: 0),
            event: try EventRecorded(&codes, by: nil, of: Scene(name: "x", forms: []), at: 0))
        let all = Proofs(in: scan).checks(ScanCheck.self).union(Proofs(in: own).checks(ScanCheck.self))
        #expect(all == Set(ScanCheck.allCases))
    }
}

/// The proofs that a value holds, at any depth.
struct Proofs {
    private let found: [any Proof]

    init(in value: Any) {
        found = reflectedParts(of: value).compactMap { $0 as? any Proof }
    }

    func checks<Check: Hashable>(_ type: Check.Type) -> Set<Check> {
        Set(found.compactMap { Self.check(of: $0) as? Check })
    }

    private static func check(of proof: some Proof) -> Any { type(of: proof).check }
}
