import Credential
import Encoding
import Testing

@testable import Signing

@Suite("A presentation")
struct PresentationTests {
    private static let start: UInt64 = 1_790_000_000

    private static func chain(_ suite: Suite) throws -> (text: String, seed: ChainSeed, key: VerificationKey) {
        let key = try WireFixture.key("issuer", suite)
        let seed = try ChainSeed(slotCount: 120, digest: suite.digest, random: SystemRandom())
        let claims = PersonClaims(
            cti: Array(1...8), kind: .chain, statusIndex: 1, binding: .anchor(seed.anchor), seals: Array(1...32))
        let text = try CredentialIssuer(issuer: "SH", key: key).issue(
            .person(claims), issuedAt: start, expiresAt: start + 3600
        ).text()
        return (text, seed, key.verificationKey)
    }

    @Test("by a link is worth its own slot and no other", arguments: Suite.allCases)
    func slots(suite: Suite) throws {
        let (text, seed, key) = try Self.chain(suite)
        let maker = try PresentationMaker(text: text)
        for slot: UInt64 in [0, 1, 57, 119] {
            let begin = Self.start + slot * 30
            let shown = try maker.linked(by: seed, time: begin + 7)
            let credential = try UnverifiedCredential(bytes: shown.bytes, form: .person).verified(by: key)
            let checked = try #require(try credential.checkedPresentation())
            #expect(checked.slot == slot && checked.time == begin && checked.replayNumber == slot)
            try checked.checkFreshness(at: begin, ageSecondsMax: 60, skewSeconds: 0)
            try checked.checkFreshness(at: begin + 29, ageSecondsMax: 10, skewSeconds: 0)
            let late = try #require(throws: CredentialError.self) {
                try checked.checkFreshness(at: begin + 30, ageSecondsMax: 600, skewSeconds: 30)
            }
            #expect(late.code == .stale)
        }
    }

    @Test("by a link gives away no later link", arguments: Suite.allCases)
    func forward(suite: Suite) throws {
        let (_, seed, _) = try Self.chain(suite)
        let chain = HashChain(digest: suite.digest)
        let link = try #require(seed.link(slot: 5))
        #expect(chain.anchor(link: link, slot: 5) == seed.anchor)
        // Neither the link itself nor anything hashed from it at any index is a later slot's.
        for slot in 6..<20 {
            #expect(seed.link(slot: slot) != link)
            #expect(chain.anchor(link: link, slot: slot) != seed.anchor)
            let later = try #require(seed.link(slot: slot))
            for index in 0..<20 { #expect(chain.anchor(link: link, slot: index) != later) }
        }
        #expect(seed.link(slot: 120) == nil && seed.link(slot: -1) == nil)
    }

    @Test("is made only with what the credential is bound to")
    func binding() throws {
        let (text, seed, _) = try Self.chain(.ed25519)
        let maker = try PresentationMaker(text: text)
        let device = try WireFixture.key("device", .ed25519)
        let other = try ChainSeed(slotCount: 120, digest: .sha256, random: SystemRandom())
        #expect(throws: CredentialError.self) { try maker.signed(by: device, time: Self.start) }
        #expect(
            try #require(throws: CredentialError.self) { try maker.linked(by: other, time: Self.start) }.code
                == .keyMismatch)
        #expect(
            try #require(throws: CredentialError.self) { try maker.linked(by: seed, time: Self.start - 1) }.code
                == .notYetValid)
        #expect(
            try #require(throws: CredentialError.self) { try maker.linked(by: seed, time: Self.start + 3600) }.code
                == .expired)
        let again = try PresentationMaker(text: maker.linked(by: seed, time: Self.start).text())
        #expect(try again.linked(by: seed, time: Self.start + 40) == maker.linked(by: seed, time: Self.start + 40))
    }

    @Test("of a P-256 phone is taken from an Ed25519 issuer")
    func mixedKeys() throws {
        let issuerKey = try WireFixture.key("issuer", .ed25519)
        let device = try WireFixture.key("device", .es256)
        let claims = PersonClaims(
            cti: Array(1...8), kind: .signed, statusIndex: 1, binding: .deviceKey(device.verificationKey.raw),
            seals: Array(1...32))
        let issued = try CredentialIssuer(issuer: "SH", key: issuerKey).issue(
            .person(claims), issuedAt: Self.start, expiresAt: Self.start + 60)
        let shown = try PresentationMaker(text: issued.text()).signed(by: device, time: Self.start + 1)
        let credential = try UnverifiedCredential(text: shown.text()).verified(by: issuerKey.verificationKey)
        #expect(try credential.checkedPresentation()?.time == Self.start + 1)
    }

    @Test("by a key elsewhere is the one by the key here, and has the lower s", arguments: [Suite.ed25519, .es256])
    func keyElsewhere(suite: Suite) throws {
        let device = try WireFixture.key("device", suite)
        let claims = PersonClaims(
            cti: Array(1...8), kind: .signed, statusIndex: 1, binding: .deviceKey(device.verificationKey.raw),
            seals: Array(1...32))
        let issuerKey = try WireFixture.key("issuer", suite)
        let issued = try CredentialIssuer(issuer: "SH", key: issuerKey).issue(
            .person(claims), issuedAt: Self.start, expiresAt: Self.start + 60)
        let maker = try PresentationMaker(text: issued.text())
        let challenge = [UInt8](1...8)
        let signature = try device.sign(maker.covered(time: Self.start + 1, challenge: challenge))
        let shown = try maker.signed(with: signature, time: Self.start + 1, challenge: challenge)
        if suite == .ed25519 {
            #expect(try shown == maker.signed(by: device, time: Self.start + 1, challenge: challenge))
        } else {
            var higher = signature
            RawSignature.flipS(&higher, order: try #require(KeyEncoding.of(.es256)?.order))
            #expect(higher != signature)
            #expect(try maker.signed(with: higher, time: Self.start + 1, challenge: challenge) == shown)
            let zero = [UInt8](repeating: 0, count: 32)
            for wrong: [UInt8] in [zero + Array(signature[32...]), Array(signature[..<32]) + zero] {
                #expect(throws: CredentialError.self) { try maker.signed(with: wrong, time: Self.start + 1) }
            }
        }
        let credential = try UnverifiedCredential(text: shown.text()).verified(by: issuerKey.verificationKey)
        #expect(try credential.checkedPresentation()?.challenge == challenge)
        for wrong: [UInt8] in [[], Array(signature.dropLast()), signature + [UInt8(0)]] {
            let error = try #require(throws: CredentialError.self) {
                try maker.signed(with: wrong, time: Self.start + 1)
            }
            #expect(error.code == .badPresentation)
        }
        for byteCount in [7, 17, 32] {
            let error = try #require(throws: CredentialError.self) {
                try maker.covered(time: Self.start, challenge: [UInt8](repeating: 0, count: byteCount))
            }
            #expect(error.code == .badPresentation)
        }
        #expect(throws: CredentialError.self) { try maker.covered(time: Self.start - 1) }
        #expect(throws: CredentialError.self) { try maker.signed(with: signature, time: Self.start + 60) }
    }

    @Test(
        "needs a seed file that is one",
        arguments: [
            "", "suishen chain seed v1\n",
            "suishen chain seed v1\ndigest: md5\nslots: 1\nseed: 00000000000000000000000000000000\n",
            "suishen chain seed v1\ndigest: sha256\nslots: 2881\nseed: 00000000000000000000000000000000\n",
            "suishen chain seed v1\ndigest: sha256\nslots: 1\nseed: 00\n",
        ])
    func seedFiles(text: String) throws {
        #expect(
            try #require(throws: CredentialError.self) { try ChainSeed(file: Array(text.utf8)) }.code == .seedMalformed)
    }
}
