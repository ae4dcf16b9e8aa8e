import Encoding
import Gate
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@testable import Issuing

@Suite("The log of acts")
struct ActsTests {
    private static let start = ActsInstallation.start
    private let run: ActsInstallation

    init() throws {
        run = try ActsInstallation()
    }

    @Test("has an entry of each act, in the order in which they were done, and is audited like the trace log")
    func acts() async throws {
        let gates = try KeyedGates()
        let run = ActsInstallation(gates.run.installation, gates.run.service)
        try await run.keep(at: Self.start)
        let first = try run.acts().map(\.term)
        #expect(first.contains(.bundleKeyUse) && first.contains(.rootTake))
        let count = try run.acts().count
        let gate = try await gates.gate("one")
        let (person, object) = (try await run.person(), try await run.object())
        _ = try await run.issue(person, ["kind": "paper"])
        _ = try await run.issue(object)
        let service = run.service
        _ = try await service.ask(.exportBundle, ["domains": ["medical", "transit"]])
        _ = try await service.ask(.exportBundle, [:])
        _ = try await service.ask(.sealGateKeys, ["gate": .string(gate.gate.text)])
        for operation in [IssuerOperation.suspendGate, .suspendGate, .resumeGate, .revokeGate] {
            try await gates.change(operation, gate)
        }
        _ = try await service.ask(.revoke, ["target": .string(person)])
        _ = try await service.ask(.revoke, ["target": .string(person)])
        let old = try #require(try service.keyList()["keys"]?.array?.first { $0["uses"]?.array?.count == 3 }?["kid"])
        _ = try await service.ask(.rotateKey, ["role": "issuer"])
        _ = try await service.ask(.compromiseKey, ["kid": old])
        try await run.keep(at: Self.start + 1)
        let acts = try run.acts().dropFirst(count)
        #expect(
            acts.map(\.term) == [
                .gateRegister, .bundleExport, .gateKeys, .gateSuspend, .gateResume, .gateRevoke, .codeRevoke,
                .keyRotate, .keyCompromise, .trail,
            ])
        #expect(acts.first { $0.term == .bundleExport }?["domains"] == "medical transit")
        #expect(acts.first { $0.term == .gateKeys }?["gate"] == gate.gate.text)
        #expect(acts.first { $0.term == .codeRevoke }?["count"] == "1")
        let report = try await run.audit()
        // A first audit has nothing outside the log to hold it to.
        let size = UInt64(try run.entries().count)
        #expect(report.findings.map(\.code) == [.unanchored] && report.size == size)
    }

    @Test("commits to a revocation, whose opening stays in the registry, and names no person")
    func commitments() async throws {
        let person = try await run.person()
        let code = try await run.service.ask(.issue, ["subject": .string(person), "kind": "paper"])
        _ = try await run.issue(person, ["kind": "paper"])
        _ = try await run.service.ask(.revoke, ["target": .string(person), "reason": "lost by Zhang"])
        try await run.keep(at: Self.start + 1)
        let (index, entry) = try #require(
            try run.entries().first {
                if case .act(let act) = $0.entry.event { act.term == .codeRevoke } else { false }
            })
        #expect(entry.commitments.count == 2 && entry.actor.isEmpty)
        let openings = try run.service.database.read { [run] in
            try run.service.acts.log.store.openings(of: index, in: $0)
        }
        #expect(openings.map(\.commitment) == entry.commitments)
        let statusIndex = try #require(code["statusIndex"]?.integer)
        #expect(openings.contains { $0.name == "revocation" && $0.value.hasSuffix(" \(statusIndex)") })
        let page = try await run.service.ask(.exportOpenings, ["log": "acts"])
        #expect(page["openings"]?.array?.count == 2)
        #expect(try await run.service.ask(.exportOpenings, [:])["openings"]?.array?.isEmpty == true)
        let published = try run.publishedBytes()
        let cti = try #require(code["cti"]?.string)
        for secret in [person, cti, "11010519491231002X", "lost by", "person-", "paper"] {
            #expect(!published.contains(Array(secret.utf8)), "\(secret)")
        }
        for bytes in [try Hex.decode(person), try Hex.decode(cti)] { #expect(!published.contains(bytes)) }
    }

    @Test("has no entry of a change that was refused, and one entry for a repeated request")
    func refusedChanges() async throws {
        try await run.keep(at: Self.start)
        let count = try run.entries().count
        await #expect(throws: OperationError.self) {
            try await run.service.ask(.revoke, ["target": "0011223344556677"])
        }
        await #expect(throws: OperationError.self) { try await run.service.ask(.retireKey, ["kid": "00000000"]) }
        let object = try await run.object()
        _ = try await run.issue(object)
        for _ in 0..<2 { _ = try await run.service.ask(.revoke, ["target": .string(object)], key: "again") }
        try await run.service.actsLog.publish()
        #expect(try run.acts().dropFirst(count).map(\.term) == [.codeRevoke])
    }

    @Test("tells which roles have other users, and not which users")
    func roles() async throws {
        let installation = try Installation()
        var settings = Settings()
        func restart(_ lines: [String]) async throws -> [Act] {
            settings.roles = RoleTable()
            for line in lines { try settings.grant(line) }
            try installation.write(settings)
            let run = try ActsInstallation(installation)
            for _ in 0..<2 { try await run.keep(at: Self.start) }
            #expect(try !run.publishedBytes().contains(Array("31337".utf8)))
            return try run.acts().filter { $0.term == .rolesChange }
        }
        #expect(try await restart([]) == [])
        #expect(
            try await restart(["31337: [issuer, auditor]"]).map(\.values).last == [
                "auditor issuer:enterprise issuer:object issuer:person"
            ])
        #expect(try await restart(["31337: [auditor, issuer]"]).count == 1)
        #expect(try await restart(["31337: [issuer]", "31338: [auditor]"]).map(\.values).last == ["auditor"])
        #expect(try await restart([]).count == 3)
    }

    @Test("chains the operator's trail, so that no line is changed or dropped unseen")
    func trail() async throws {
        let object = try await run.object()
        _ = try await run.issueMany(5, of: object)
        try await run.keep(at: Self.start)
        _ = try await run.issueMany(5, of: object)
        try await run.keep(at: Self.start + 60)
        _ = try await run.issueMany(3, of: object)
        #expect(try run.acts().count { $0.term == .trail } == 2)
        let (report, newLines) = try await run.auditTrail()
        #expect(report.code == "unanchored" && newLines == 3)
        let changes: [(String, (inout [JSONValue]) -> Void)] = [
            ("dropped", { $0.remove(at: 3) }),
            ("changed", { $0[2] = $0[2].setting("action", to: "code.issued") }),
            ("another user's", { $0[2] = $0[2].setting("uid", to: 5) }),
            ("of another time", { $0[7] = $0[7].setting("time", to: 5) }),
            ("with particulars", { $0[7] = $0[7].setting("detail", to: ["a": 1]) }),
            ("cut off", { $0.removeLast(4) }),
            ("empty", { $0 = [] }),
        ]
        for (name, change) in changes {
            let (report, _) = try await run.auditTrail(change)
            #expect(report.verdict == .tampered && report.code == "trail_mismatch", "\(name)")
        }
        #expect(try await run.auditTrail { $0.removeLast(2) }.0.code == "unanchored")
        await #expect(throws: TraceLogError.self) { try await run.auditTrail { $0.swapAt(1, 2) } }
        #expect(try !run.publishedBytes().contains(Array("code.issue".utf8)))
        // A registry whose trail was changed states the old hash no more; the log does.
        try await run.keep(at: Self.start + 120)
        #expect(try await run.auditTrail().0.code == "unanchored")
    }

    @Test("is refused by the audit when one of its files is changed or its end is cut")
    func tampering() async throws {
        let object = try await run.object()
        _ = try await run.issue(object)
        try await run.keep(at: Self.start)
        let anchor = try #require(try run.service.actsLog.publishedCheckpoint())
        _ = try await run.service.ask(.revoke, ["target": .string(object)])
        try await run.keep(at: Self.start + 60)
        let size = try run.entries().count
        let path = "acts/tile/entries/000.p/\(size)"
        let bundle = try ProjectFiles.bytes(run.installation.state.path + "/" + path)
        var changed = bundle
        changed[bundle.count - 20] ^= 1
        try run.installation.folder.write(changed, to: "state/" + path)
        #expect(try await run.audit().verdict == .tampered)
        try run.installation.folder.write(bundle, to: "state/" + path)
        #expect(try await run.audit().verdict == .undecided)
        let newest = try #require(try run.service.actsLog.publishedCheckpoint())
        #expect(newest.checkpoint.size > anchor.checkpoint.size)
        try run.installation.folder.write(anchor.bytes, to: "state/acts/checkpoint")
        var options = AuditOptions()
        options.key = run.key
        options.anchors = [newest.checkpoint]
        let source = LogFolderSource(folder: run.folder)
        #expect(try await Auditor(source: source, options: options).audit().report.code == "checkpoint_rollback")
        // Its key signs under the name of the acts' log alone.
        #expect(run.key.name.hasSuffix("/acts") && run.service.log.key.name.hasSuffix("/log"))
    }
}

extension JSONValue {
    func setting(_ name: String, to value: JSONValue) -> JSONValue {
        var object = self.object ?? [:]
        object[name] = value
        return .object(object)
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool { firstRange(of: part) != nil }
}

extension Settings {
    fileprivate mutating func grant(_ line: String) throws {
        let mistake = roles.add(try #require(try SettingsLine.read(line[...])))
        #expect(mistake == nil)
    }
}
