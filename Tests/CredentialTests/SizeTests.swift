import Credential
import Encoding
import Signing
import Testing

@Suite("The size of a code", .serialized)
struct SizeTests {
    /// Alphanumeric characters of a QR code at level M, by version.
    private static let capacities = [9: 262, 10: 311, 11: 366, 12: 419]
    /// Characters of an address whose scheme is in lower case: five bytes, then alphanumeric characters, at level M.
    private static let addressCapacities = [9: 257, 10: 305]
    private static let start: UInt64 = 1_790_000_000
    private static let host = "CODE.SUISHEN-SHANGHA"
    /// What widens an index, a time and a scope to the most bytes they take.
    private static let index = Claims.statusIndexMax

    private static func person(
        _ suite: Suite, _ kind: PersonKind, isDelegated: Bool = false
    ) throws -> (issued: IssuedCredential, shown: IssuedCredential) {
        let issuer = CredentialIssuer(issuer: "SH", key: try WireFixture.key("issuer", suite))
        let device = try WireFixture.key("device", suite)
        let seed = try ChainSeed(slotCount: HashChain.slotCountMax, digest: suite.digest, random: SystemRandom())
        let binding: Binding =
            switch kind {
            case .signed: .deviceKey(device.verificationKey.raw)
            case .chain: .anchor(seed.anchor)
            case .timed, .paper: .none
            }
        let person = PersonClaims(
            cti: Array(1...8), kind: kind, statusIndex: kind == .timed ? nil : index, binding: binding,
            seals: Array(1...32),
            actor: isDelegated ? Delegation(guardian: Array(1...8), statusIndex: index, scope: Claims.scopeMax) : nil)
        let issued = try issuer.issue(
            .person(person), issuedAt: start, expiresAt: start + (kind.lifetimeSecondsMax ?? 86_400 * 365))
        let maker = try PresentationMaker(text: issued.text())
        switch kind {
        case .signed: return (issued, try maker.signed(by: device, time: start + 86_399))
        case .chain: return (issued, try maker.linked(by: seed, time: start + 86_399))
        case .timed, .paper: return (issued, issued)
        }
    }

    @Test(
        "of a person stays within its version", arguments: Suite.allCases,
        [
            (PersonKind.chain, false, 204, 10), (.signed, false, 276, 12), (.timed, false, 172, 9),
            (.paper, false, 172, 9), (.chain, true, 241, 11),
        ])
    func person(suite: Suite, limit: (kind: PersonKind, isDelegated: Bool, byteCount: Int, version: Int)) throws {
        let (issued, shown) = try Self.person(suite, limit.kind, isDelegated: limit.isDelegated)
        #expect(shown.bytes.count <= limit.byteCount)
        let text = try shown.text()
        #expect(text.utf8.count <= Self.capacities[limit.version] ?? 0)
        let unverified = try UnverifiedCredential(text: text)
        #expect(unverified.credentialBytes == issued.bytes)
        print("size: \(suite.rawValue) \(limit.kind.name)\(limit.isDelegated ? " delegated" : ""):", terminator: " ")
        print("\(shown.bytes.count) bytes, \(text.utf8.count) characters")
    }

    @Test("of an enterprise and an object stays within its version", arguments: Suite.allCases)
    func others(suite: Suite) throws {
        let issuer = CredentialIssuer(issuer: "SH", key: try WireFixture.key("issuer", suite))
        let uscc = try USCC("91310000MA1FL0000N")
        #expect(Self.host.utf8.count == 20)
        let name = String(repeating: "申", count: 11)
        let enterprise = try issuer.issue(
            .enterprise(EnterpriseClaims(uscc: uscc, name: name, statusIndex: Self.index)),
            issuedAt: Self.start, expiresAt: Self.start + 365 * 86_400
        ).text(host: Self.host)
        #expect(enterprise.utf8.count <= Self.addressCapacities[10] ?? 0)
        let place = try #require(
            Location(latitudeMicrodegrees: 31_230_416, longitudeMicrodegrees: 121_473_701, reference: .cgcs2000))
        for (location, version) in [(place, 10), (nil, 9)] as [(Location?, Int)] {
            let text = try issuer.issue(
                .object(
                    ObjectClaims(
                        kind: .place, id: Array(1...8), category: 300, manager: uscc, location: location,
                        statusIndex: Self.index)), issuedAt: Self.start, expiresAt: nil
            ).text(host: Self.host)
            #expect(text.utf8.count <= Self.addressCapacities[version] ?? 0)
            #expect(text.hasPrefix("https://\(Self.host)/O/"))
        }
    }
}
