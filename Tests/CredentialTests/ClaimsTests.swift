import Credential
import Signing
import Testing

@Suite("Issued claims")
struct ClaimsTests {
    private static let start: UInt64 = 1_790_000_000

    private static func paper(issuer: String = "SH", cti: [UInt8] = Array(1...8)) -> PersonClaims {
        PersonClaims(cti: cti, kind: .paper, statusIndex: 1, binding: .none, seals: Array(1...32))
    }

    @Test("are not issued where a verifier would refuse them")
    func refused() throws {
        let issuer = CredentialIssuer(issuer: "SH", key: try WireFixture.key("issuer", .ed25519))
        let long = CredentialIssuer(issuer: "SHANGHAI9", key: try WireFixture.key("issuer", .ed25519))
        let paper = Claims.Body.person(Self.paper())
        #expect(throws: CredentialError.self) { try long.issue(paper, issuedAt: Self.start, expiresAt: Self.start + 1) }
        #expect(throws: CredentialError.self) { try issuer.issue(paper, issuedAt: Self.start, expiresAt: nil) }
        #expect(throws: CredentialError.self) { try issuer.issue(paper, issuedAt: Self.start, expiresAt: Self.start) }
        #expect(throws: CredentialError.self) {
            try issuer.issue(.person(Self.paper(cti: [1])), issuedAt: Self.start, expiresAt: Self.start + 1)
        }
        let offCurve = PersonClaims(
            cti: Array(1...8), kind: .signed, statusIndex: 1,
            binding: .deviceKey([4] + [UInt8](repeating: 1, count: 32)),
            seals: Array(1...32))
        #expect(throws: CredentialError.self) {
            try issuer.issue(.person(offCurve), issuedAt: Self.start, expiresAt: Self.start + 1)
        }
        for name in ["上海\u{202E}公司", "a\u{200B}b", "a\u{9B}2J", "a\u{2028}b", "", String(repeating: "a", count: 97)] {
            let uscc = try USCC("91310000MA1FL0000N")
            #expect(throws: CredentialError.self) {
                try issuer.issue(
                    .enterprise(EnterpriseClaims(uscc: uscc, name: name, statusIndex: 1)), issuedAt: Self.start,
                    expiresAt: Self.start + 1)
            }
        }
        let hidden = CredentialIssuer(issuer: "S\u{202E}H", key: try WireFixture.key("issuer", .ed25519))
        #expect(throws: CredentialError.self) {
            try hidden.issue(paper, issuedAt: Self.start, expiresAt: Self.start + 1)
        }
        let fine = try issuer.issue(paper, issuedAt: Self.start, expiresAt: Self.start + 1)
        #expect(throws: CredentialError.self) {
            try issuer.issue(
                .object(
                    ObjectClaims(
                        kind: .object, id: Array(1...8), category: 1, manager: USCC("91310000MA1FL0000N"),
                        location: nil, statusIndex: 1)), issuedAt: Self.start, expiresAt: nil
            ).text(host: "not a host")
        }
        #expect(try UnverifiedCredential(text: fine.text()).claimsUnchecked() == fine.claims)
    }

    @Test("say in which status list their bits are")
    func statusLists() throws {
        func claims(_ kind: PersonKind, issuer: String = "SH") -> Claims {
            Claims(
                issuer: issuer, issuedAt: Self.start, expiresAt: Self.start + 60,
                body: .person(
                    PersonClaims(
                        cti: Array(1...8), kind: kind, statusIndex: kind == .timed ? nil : 7, binding: .none,
                        seals: [], actor: kind == .chain ? Delegation(guardian: [], statusIndex: 9, scope: 0) : nil)))
        }
        #expect(claims(.signed).statusList == StatusListReference(issuer: "SH", form: .person, day: 20_717))
        #expect(claims(.chain).statusList?.name == "SH-person-20717")
        #expect(claims(.chain).statusIndices == [7, 9])
        #expect(claims(.paper).statusList?.name == "SH-person-lasting")
        #expect(claims(.timed).statusList == nil && claims(.timed).statusIndices.isEmpty)
        #expect(claims(.paper, issuer: "../沪").statusList?.name == "_2e2e2fe6b2aa-person-lasting")
    }
}
