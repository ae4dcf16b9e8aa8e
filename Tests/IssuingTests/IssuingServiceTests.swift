import Credential
import Encoding
import Gate
import GateTestSupport
import IssuerTestSupport
import Issuing
import Signing
import Storage
import Testing

private let residentID = "11010519491231002X"
private let uscc = "91350100M000100Y43"
private let anchor = "000102030405060708090a0b0c0d0e0f"
private let medical = "0123456789abcdef01234567"

@Suite("The issuing service")
struct IssuingServiceTests {
    @Test("issues codes that verify under its key, in every suite", arguments: Suite.allCases)
    func issues(suite: Suite) async throws {
        let installation = try Installation(suite)
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let person = try await service.ask(
            .registerPerson, ["residentId": .string(residentID), "medical": .string(medical)])
        let subject = try #require(person["subject"])
        let enterprise = try await service.ask(.registerEnterprise, ["uscc": .string(uscc), "name": "示例"])
        let place = try await service.ask(
            .registerObject,
            [
                "kind": "place", "manager": .string(uscc), "category": "park", "latitude": .number(31.230416),
                "longitude": .number(121.473701),
            ])
        let device = try SigningKey.generate(suite.algorithm).verificationKey
        let orders: [JSONValue] = [
            ["subject": subject, "deviceKey": .string(String(decoding: device.pem(), as: UTF8.self))],
            ["subject": subject, "anchor": "000102030405060708090a0b0c0d0e0f"],
            ["subject": subject, "kind": "timed"],
            ["subject": subject, "kind": "paper"],
            ["subject": try #require(enterprise["subject"])],
            ["subject": try #require(place["subject"])],
        ]
        for order in orders {
            let answer = try await service.ask(.issue, order)
            let credential = try UnverifiedCredential(text: try #require(answer["text"]?.string))
            let claims = try credential.verified(by: service.verificationKey(.issuer)).claims
            #expect(claims.issuedAt == 1_800_000_000)
            #expect(claims.form.name == answer["form"]?.string)
        }
    }

    @Test("finds a person who registers twice, and keeps no number in the clear")
    func registersOnce() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let body: JSONValue = ["residentId": .string(residentID), "medical": .string(medical)]
        let first = try await service.ask(.registerPerson, body)
        #expect(try await service.ask(.registerPerson, body) == first)
        _ = try await service.ask(.issue, ["subject": try #require(first["subject"]), "kind": "timed"])
        let stored = try installation.registryBytes()
        #expect(!stored.isEmpty)
        for secret in [Array(residentID.utf8), try Hex.decode(medical), Array(medical.utf8)] {
            #expect(!contains(stored, secret))
        }
        #expect(contains(stored, Array("person.register".utf8)))
    }

    @Test(
        "refuses bad input with a stable code and changes nothing",
        arguments: [
            (IssuerOperation.registerPerson, ["residentId": "110105194912310021"], "resident_id_invalid"),
            (.registerPerson, ["residentId": "11010519491331002X"], "resident_id_invalid"),
            (.registerPerson, ["residentId": .string(residentID), "medical": "00"], "medical_invalid"),
            (.registerPerson, ["residentId": 1], "request_malformed"),
            (.registerPerson, ["nobody": "x"], "request_malformed"),
            (.registerPerson, [], "request_malformed"),
            (.registerEnterprise, ["uscc": "91350100M000100Y44", "name": "x"], "uscc_invalid"),
            (.registerEnterprise, ["uscc": .string(uscc), "name": ""], "name_invalid"),
            (.registerObject, ["kind": "city", "manager": .string(uscc), "category": "park"], "kind_unknown"),
            (.registerObject, ["kind": "place", "manager": .string(uscc), "category": "moon"], "category_unknown"),
            (
                .registerObject,
                ["kind": "place", "manager": .string(uscc), "category": "park", "latitude": 91, "longitude": 0],
                "location_invalid"
            ),
            (.issue, ["subject": "00112233445566778899aabbccddeeff"], "subject_unknown"),
            (.issue, ["subject": "x", "kind": "golden"], "kind_unknown"),
            (.issue, ["subject": "x", "kind": "chain"], "anchor_invalid"),
            (.issue, ["subject": "x", "anchor": [.string(anchor), .string(anchor)]], "anchor_invalid"),
            (.issue, ["subject": "x", "anchor": .string(anchor), "count": 2], "anchor_invalid"),
            (.issue, ["subject": "x", "anchor": [1]], "request_malformed"),
            (.issue, ["subject": "00112233445566778899aabbccddeeff", "scope": 1], "guardian_invalid"),
            (
                .issue,
                [
                    "subject": "00112233445566778899aabbccddeeff", "anchor": .string(anchor),
                    "guardian": "00112233445566778899AABBCCDDEEFF",
                ], "guardian_invalid"
            ),
            (.registerEnterprise, ["uscc": .string(uscc), "name": "\u{202E}gnp.exe"], "name_invalid"),
            (.registerEnterprise, ["uscc": .string(uscc), "name": "a\nb"], "name_invalid"),
            (.issue, ["subject": "x", "kind": "signed"], "device_key_invalid"),
            (.issue, ["subject": "x", "deviceKey": "nonsense"], "device_key_invalid"),
            (.issue, ["subject": "x", "count": 32], "count_invalid"),
            (.revoke, ["target": "0011223344556677"], "code_unknown"),
        ] as [(IssuerOperation, JSONValue, String)])
    func refuses(operation: IssuerOperation, body: JSONValue, code: String) async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let refusal = await #expect(throws: OperationError.self) { try await service.ask(operation, body) }
        #expect(refusal?.code == code)
        #expect(refusal?.hint.isEmpty == false)
    }

    @Test("gives the first answer again to a repeated idempotency key")
    func repeats() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let body: JSONValue = ["kind": "object", "manager": .string(uscc), "category": "elevator"]
        let first = try await service.ask(.registerObject, body, key: "a")
        #expect(try await service.ask(.registerObject, body, key: "a") == first)
        #expect(try await service.ask(.registerObject, body, key: "b") != first)
        let refusal = await #expect(throws: OperationError.self) {
            try await service.ask(
                .registerObject, ["kind": "place", "manager": .string(uscc), "category": "park"], key: "a")
        }
        #expect(refusal?.code == "idempotency_mismatch")
    }

    @Test("gives the first code again to a repeated idempotency key, though every signature is another")
    func repeatsCodes() async throws {
        let installation = try Installation(.es256)
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let place = try await service.ask(
            .registerObject, ["kind": "place", "manager": .string(uscc), "category": "park"])
        let order: JSONValue = ["subject": try #require(place["subject"])]
        let first = try await service.ask(.issue, order, key: "a")
        #expect(try await service.ask(.issue, order, key: "a") == first)
        #expect(try await service.ask(.issue, order)["text"] != first["text"])
    }

    @Test("never gives one status index twice, across blocks and restarts")
    func indices() async throws {
        let installation = try Installation()
        var seen: Set<Int64> = []
        for round in 0..<2 {
            let service = try installation.open()
            let object = try await service.ask(
                .registerObject, ["kind": "object", "manager": .string(uscc), "category": "elevator"])
            let subject = try #require(object["subject"])
            let indices = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<2200 {
                    group.addTask { try await service.ask(.issue, ["subject": subject])["statusIndex"]?.integer }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for index in indices { #expect(seen.insert(try #require(index)).inserted) }
            #expect(seen.count == 2200 * (round + 1))
        }
        #expect(try #require(seen.max()) >= 4096)
    }

    @Test("revokes every live code of a subject")
    func revokes() async throws {
        let installation = try Installation()
        defer { withExtendedLifetime(installation) {} }
        let service = try installation.open()
        let person = try await service.ask(.registerPerson, ["residentId": .string(residentID)])
        let subject = try #require(person["subject"]?.string)
        for _ in 0..<3 {
            _ = try await service.ask(.issue, ["subject": .string(subject), "kind": "paper"])
        }
        #expect(try await service.ask(.revoke, ["target": .string(subject)])["revoked"]?.integer == 3)
        #expect(try await service.ask(.revoke, ["target": .string(subject)])["revoked"]?.integer == 0)
        #expect(
            try await service.ask(.statusLists, [:])
                == ["lists": [["list": "SH-person-lasting", "indices": 4096, "revoked": 3]]])
    }

    @Test("puts into a bundle of a higher version all that one of a lower has, however many are exported at once")
    func bundlesInOrder() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let person = try await service.ask(.registerPerson, ["residentId": .string(residentID)])
        let order: JSONValue = ["subject": try #require(person["subject"]), "kind": "paper"]
        let found = try await withThrowingTaskGroup(of: (version: UInt64, revokedCount: Int)?.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let code = try await service.ask(.issue, order)
                    _ = try await service.ask(.revoke, ["target": try #require(code["cti"])])
                    return nil
                }
                group.addTask { try Self.read(BundleExport(try await service.ask(.exportBundle, [:]))) }
                group.addTask {
                    _ = try await service.ask(.health, [:])
                    return nil
                }
            }
            return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        let counts = found.sorted { $0.version < $1.version }.map(\.revokedCount)
        #expect(counts.count == 16 && counts == counts.sorted())
    }

    /// A bundle's version, and how many lasting codes its list has as revoked.
    private static func read(_ export: BundleExport) throws -> (version: UInt64, revokedCount: Int) {
        let files = Dictionary(uniqueKeysWithValues: export.files.map { ($0.path, $0.bytes) })
        let bundle = try GateBundle(exported: export.files)
        let list = try #require(bundle.statusLists.first { $0.form == .person && $0.day == nil })
        let token = try StatusListToken(try #require(files[BundleExport.path(of: list)])[...]) { _ in true }
        return (bundle.version, token.list.bytes.reduce(0) { $0 + $1.nonzeroBitCount })
    }

    @Test("lets one process at a time work on an installation")
    func excludes() throws {
        let installation = try Installation()
        let service = try installation.open()
        let refusal = #expect(throws: OperationError.self) { try installation.open() }
        #expect(refusal?.code == "state_busy")
        withExtendedLifetime(service) {}
        #expect(throws: OperationError.self) {
            try installation.state.create(Settings(), random: SystemRandom(), at: 0)
        }
    }

    private func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: needle) }
    }
}
