import Credential
import Encoding
import Glibc
import IssuerTestSupport
import Issuing
import Signing
import Storage
import Testing

private let uscc = "91350100M000100Y43"

@Suite("The keys of an issuing service")
struct KeyOperationsTests {
    private static let caller = IssuingService.Caller(uid: 7, grants: .everything, nowMilliseconds: 1_800_000_100_000)

    private static func issuedKey(_ service: IssuingService) async throws -> String {
        let object = try await service.ask(
            .registerObject, ["kind": "object", "manager": .string(uscc), "category": "elevator"])
        let code = try await service.ask(.issue, ["subject": try #require(object["subject"])])
        let text = try #require(code["text"]?.string)
        return Hex.encode(try UnverifiedCredential(text: text).keyIdentifier)
    }

    private static func statuses(_ service: IssuingService) throws -> [String: String] {
        var statuses: [String: String] = [:]
        for key in try service.keyList()["keys"]?.array ?? [] {
            statuses[try #require(key["kid"]?.string)] = key["status"]?.string
        }
        return statuses
    }

    @Test("rotate: the new one signs, after a restart too, and the old one is retired")
    func rotate() async throws {
        let installation = try Installation()
        let old: String
        let new: String
        do {
            let service = try installation.open()
            old = try await Self.issuedKey(service)
            new = try #require(try await service.rotateKey(.issuer, by: Self.caller)["kid"]?.string)
            #expect(new != old)
            #expect(try await Self.issuedKey(service) == new)
        }
        let service = try installation.open()
        #expect(try await Self.issuedKey(service) == new)
        #expect(try Self.statuses(service)[old] == "retired")
        #expect(try Self.statuses(service)[new] == "active")
    }

    @Test("that signs is replaced before it is struck as compromised, and never comes back")
    func compromise() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let old = try await Self.issuedKey(service)
        let struck = try await service.compromiseKey(old, by: Self.caller)
        #expect(struck["status"] == "compromised")
        let new = try await Self.issuedKey(service)
        #expect(new != old)
        #expect(try Self.statuses(service)[old] == "compromised")
        let refusal = await #expect(throws: OperationError.self) { try await service.retireKey(old, by: Self.caller) }
        #expect(refusal?.code == "key_compromised")
    }

    @Test("are not retired while they sign, nor when nobody knows them")
    func refusals() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let active = try await Self.issuedKey(service)
        let inUse = await #expect(throws: OperationError.self) { try await service.retireKey(active, by: Self.caller) }
        #expect(inUse?.code == "key_in_use")
        for name in ["00000000", "", "nonsense"] {
            let unknown = await #expect(throws: OperationError.self) {
                try await service.compromiseKey(name, by: Self.caller)
            }
            #expect(unknown?.code == "key_unknown")
        }
        #expect(try Self.statuses(service)[active] == "active")
    }

    @Test("are one at any time, and the one that signs, however many are replaced and struck at once")
    func atOnce() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        for round in 0..<20 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try? await service.rotateKey(.issuer, by: Self.caller) } }
                group.addTask {
                    for _ in 0..<12 {
                        for kid in (try? Self.activeKeys(service)) ?? [] {
                            _ = try? await service.compromiseKey(kid, by: Self.caller)
                        }
                    }
                }
            }
            let active = try Self.activeKeys(service)
            #expect(active.count == 1, "round \(round)")
            #expect(try await Self.issuedKey(service) == active.first, "round \(round)")
        }
    }

    private static func activeKeys(_ service: IssuingService) throws -> [String] {
        let keys = try service.keyList()["keys"]?.array ?? []
        return keys.filter { $0["status"] == "active" && $0["uses"]?.array?.contains("object") == true }
            .compactMap { $0["kid"]?.string }
    }

    @Test("that changed already is not changed again, and the log says nothing twice")
    func repeated() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let old = try await Self.issuedKey(service)
        _ = try await service.rotateKey(.issuer, by: Self.caller)
        #expect(try await service.retireKey(old, by: Self.caller)["status"] == "retired")
        for _ in 0..<2 {
            #expect(try await service.compromiseKey(old, by: Self.caller)["status"] == "compromised")
        }
        #expect(try service.log.store.count() == 3)
        await #expect(throws: StorageError.self) {
            try await service.database.write { store in
                for key in try store.issuerKeys() where key.status == .compromised {
                    try store.putIssuerKey(key.with(.active))
                }
            }
        }
    }

    @Test("of an installation where none is active, or its file is gone, sign nothing until there is a new one")
    func noneActive() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        _ = try await Self.issuedKey(service)
        try await service.database.write { store in
            for key in try store.issuerKeys() where key.uses.contains("object") {
                try store.putIssuerKey(key.with(.retired))
            }
        }
        let refusal = await #expect(throws: OperationError.self) { try await Self.issuedKey(service) }
        #expect(refusal?.code == "key_missing")
        let new = try #require(try await service.rotateKey(.issuer, by: Self.caller)["kid"]?.string)
        #expect(try await Self.issuedKey(service) == new)
    }

    @Test("are those that the registry lists, and a first key's file stands for no other")
    func missingFile() async throws {
        let installation = try Installation()
        let new: String
        do {
            let service = try installation.open()
            new = try #require(try await service.rotateKey(.issuer, by: Self.caller)["kid"]?.string)
        }
        #expect(unsafe unlink(installation.state.key("issuer-\(new).pem")) == 0)
        let outcome = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishend", "--state", installation.state.path])
        #expect(outcome.status == 75 && outcome.output.contains("[key_missing]"), "\(outcome.output)")
        let service = try installation.open()
        let refusal = await #expect(throws: OperationError.self) { try await Self.issuedKey(service) }
        #expect(refusal?.code == "key_missing")
        let third = try #require(try await service.rotateKey(.issuer, by: Self.caller)["kid"]?.string)
        #expect(try await Self.issuedKey(service) == third)
    }

    @Test("leave a line in the audit trail, which reads in pages and by subject")
    func audit() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let kid = try #require(try await service.rotateKey(.status, by: Self.caller)["kid"]?.string)
        _ = try await Self.issuedKey(service)
        let first = try service.auditTrail(after: 0, limit: 1)
        let line = try #require(first["lines"]?.array?.first)
        #expect(line["action"] == "key.rotate")
        #expect(line["uid"] == 7)
        #expect(line["subject"] == .string(kid))
        #expect(line["time"] == 1_800_000_100)
        let next = UInt64(try #require(first["next"]?.integer))
        let rest = try service.auditTrail(after: next, limit: 100)["lines"]?.array ?? []
        #expect(rest.map { $0["action"]?.string } == ["object.register", "code.issue"])
        #expect(try service.auditTrail(after: 0, limit: 100, subject: kid)["lines"]?.array?.count == 1)
    }
}
