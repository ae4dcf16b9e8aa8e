import Signing
import Testing

@testable import Credential

@Suite("The page of the wire format")
struct CredentialPageTests {
    private let page: Page

    init() throws {
        page = try Page("Credential.docc/WireFormat.md")
    }

    @Test("has the limits that readers hold codes to")
    func limits() throws {
        let expected: [String: Int] = [
            "bytes of a signed message": SignedMessage.byteCountMax,
            "bytes of a scanned text": CredentialText.byteCountMax,
            "bytes of a host name": CredentialText.hostByteCountMax,
            "characters of iss": Claims.issuerCharacterCounts.upperBound,
            "highest status index": Int(Claims.statusIndexMax),
            "highest category": Int(Claims.categoryMax),
            "highest scope": Int(Claims.scopeMax),
            "seconds of an enterprise code's life": Int(Claims.enterpriseLifetimeSecondsMax),
        ]
        #expect(try page.numbers("Limits") == expected)
    }

    @Test("has every suite with its algorithm's number, digest and cipher")
    func suites() throws {
        let rows = try page.table("Algorithms")
        #expect(rows.map { $0["suite"] } == Suite.allCases.map(\.rawValue))
        for (row, suite) in zip(rows, Suite.allCases) {
            #expect(row["COSE number"] == String(suite.algorithm.rawValue))
            #expect(row["digest"] == (suite.digest == .sm3 ? "SM3" : "SHA-256"))
            #expect(row["seal cipher"] == (suite.sealCipher == .sm4 ? "SM4" : "AES-256"))
        }
    }

    @Test("has every claim's number")
    func claims() throws {
        let numbers = [
            ClaimKey.issuer, ClaimKey.expiresAt, ClaimKey.notBefore, ClaimKey.issuedAt, ClaimKey.cti, ClaimKey.body,
        ]
        #expect(try page.firstCells("Claims") == numbers.map(String.init))
    }

    @Test("has every form and every kind of person code")
    func formsAndKinds() throws {
        let forms = try page.table("Forms")
        #expect(forms.map { $0["number"] } == Form.allCases.map { String($0.rawValue) })
        #expect(forms.map { $0["form"] } == Form.allCases.map(\.name))
        let kinds = try page.table("Person code")
        #expect(kinds.map { $0["number"] } == PersonKind.allCases.map { String($0.rawValue) })
        #expect(kinds.map { $0["kind"] } == PersonKind.allCases.map(\.name))
        for (row, kind) in zip(kinds, PersonKind.allCases) {
            #expect(row["longest life in seconds"] == kind.lifetimeSecondsMax.map { String($0) } ?? "none")
            #expect((row["the phone adds"] == "nothing") == !kind.isPresented)
        }
    }

    @Test("has the categories that ship, in their order")
    func categories() throws {
        let rows = try page.table("Categories")
        #expect(rows.map { $0["number"] } == ObjectCategory.table.map { String($0.number) })
        #expect(rows.map { $0["category"] } == ObjectCategory.table.map(\.name))
    }

    @Test("has the name of each list, of shard 0 by its plain name")
    func listNames() throws {
        let rows = try page.pairs("Status")
        let signed = StatusListReference(issuer: "ISSUER", form: .person, day: 7)
        #expect(rows["signed, chain"] == signed.name.split(separator: "-").dropLast().joined(separator: "-") + "-DAY")
        for (code, form) in [("paper", Form.person), ("enterprise", .enterprise), ("object", .object)] {
            let list = StatusListReference(issuer: "ISSUER", form: form, day: nil)
            #expect(rows[code] == list.name)
            #expect(list.shard(2).name == list.name + "-2")
        }
        #expect(StatusListReference.shardBitCount == 1 << 26)
    }

    /// Alphanumeric characters of a QR code at level M, by version.
    private static let capacities = ["9": 262, "10": 311, "11": 366, "12": 419]

    @Test("has sizes that real codes keep to, in every suite", arguments: Suite.allCases)
    func sizes(suite: Suite) throws {
        let kinds = ["chain", "signed", "timed", "paper", "delegated chain"]
        let rows = try page.table("Sizes")
        #expect(rows.map { $0["code"] } == kinds)
        for row in rows {
            let name = try #require(row["code"])
            let kind = try #require(PersonKind(name: name.split(separator: " ").last.map(String.init) ?? ""))
            let shown = try Self.widest(kind, suite: suite, isDelegated: name.hasPrefix("delegated"))
            let limit = try #require(row["bytes"].flatMap { Int($0) })
            let capacity = try #require(row["version"].flatMap { Self.capacities[$0] })
            #expect(shown.bytes.count <= limit, "\(name)")
            #expect(try shown.text().utf8.count <= capacity, "\(name)")
        }
    }

    /// A code of the kind whose indices, times and scope take the most bytes they can, as it is shown.
    private static func widest(_ kind: PersonKind, suite: Suite, isDelegated: Bool) throws -> IssuedCredential {
        let start: UInt64 = 1_790_000_000
        let issuer = CredentialIssuer(issuer: "SH", key: try SigningKey.generate(suite.algorithm))
        let device = try SigningKey.generate(suite.algorithm)
        let seed = try ChainSeed(slotCount: HashChain.slotCountMax, digest: suite.digest, random: SystemRandom())
        let binding: Binding =
            switch kind {
            case .signed: .deviceKey(device.verificationKey.raw)
            case .chain: .anchor(seed.anchor)
            case .timed, .paper: .none
            }
        let index = Claims.statusIndexMax
        let person = PersonClaims(
            cti: Array(1...8), kind: kind, statusIndex: kind == .timed ? nil : index, binding: binding,
            seals: Array(1...32),
            actor: isDelegated ? Delegation(guardian: Array(1...8), statusIndex: index, scope: Claims.scopeMax) : nil)
        let issued = try issuer.issue(
            .person(person), issuedAt: start, expiresAt: start + (kind.lifetimeSecondsMax ?? 86_400 * 365))
        let maker = try PresentationMaker(text: issued.text())
        switch kind {
        case .signed: return try maker.signed(by: device, time: start + 86_399)
        case .chain: return try maker.linked(by: seed, time: start + 86_399)
        case .timed, .paper: return issued
        }
    }

    @Test("and that of the keys have every error's code")
    func keyErrors() throws {
        let named = try Page("Signing.docc/Keys.md").names("Error codes")
        #expect(named == Set(SigningError.Code.allCases.map(\.rawValue)))
    }

    @Test("has every code that only issuing and presenting throw, and every refusal")
    func refusals() throws {
        let named = try page.names("Refusals").filter { $0.allSatisfy { $0.isLowercase || $0 == "_" } }
        #expect(named == Set(CredentialError.Code.allCases.map(\.rawValue)))
    }
}
