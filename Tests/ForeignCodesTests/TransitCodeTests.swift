import Encoding
import Signing
import Testing

@testable import ForeignCodes
@testable import Gate

@Suite("A transit code")
struct TransitCodeTests {
    private static let now: UInt64 = 1_750_000_000
    private static let layouts = TransitLayout.CustomDataPlace.allCases.flatMap { place in
        TransitLayout.Epoch.allCases.flatMap { epoch in
            TransitLayout.LengthMeaning.allCases.map {
                TransitLayout(customDataPlace: place, epoch: epoch, lengthMeaning: $0)
            }
        }
    }

    /// Keys of all three levels, and a stranger's.
    private struct Keys {
        let authority, issuer, user, stranger: SigningKey

        init() throws {
            authority = try SigningKey.generate(.sm2)
            issuer = try SigningKey.generate(.sm2)
            user = try SigningKey.generate(.sm2)
            stranger = try SigningKey.generate(.sm2)
        }
    }

    private let keys: Keys

    init() throws {
        keys = try Keys()
    }

    private func code(
        _ layout: TransitLayout = .init(), authority: SigningKey? = nil, issuer: SigningKey? = nil,
        user: SigningKey? = nil, certifiedIssuer: [UInt8] = [0, 0, 0, 1], caIndex: UInt8 = 1,
        certificateEnd: UInt64 = now + 86_400, generatedAt: UInt64 = now,
        change: (inout TransitCodeMaker.Card) -> Void = { _ in }
    ) throws -> [UInt8] {
        let maker = TransitCodeMaker(layout: layout)
        var card = TransitCodeMaker.Card(authorisedUntil: Self.now + 3600)
        card.customData = [1, 2, 3, 4]
        change(&card)
        let certificate = try maker.certificate(
            issuer: certifiedIssuer, key: keys.issuer.verificationKey, expiresAt: certificateEnd,
            authority: authority ?? keys.authority, caIndex: caIndex)
        return try maker.code(
            card, certificate: certificate, issuer: issuer ?? keys.issuer, user: user ?? keys.user,
            generatedAt: generatedAt)
    }

    /// `ok` or the refusal's code, and what a public terminal would answer.
    private struct Answer {
        let code: String
        let terminalNumber: Int

        var isAccepted: Bool { code == "ok" }
    }

    private func verifier(_ layout: TransitLayout = .init()) -> TransitVerifier {
        let network = TransitNetwork(
            layout: layout, authorities: [1: TransitAuthority(key: keys.authority.verificationKey.raw)])
        return TransitVerifier(network: network, skewSeconds: 30, lifeSecondsMax: 120)
    }

    private func verdict(
        _ bytes: [UInt8], layout: TransitLayout = .init(), fare: UInt64 = 200, at now: UInt64 = now
    ) -> Answer {
        do throws(TransitRefusal) {
            _ = try verifier(layout).verified(bytes, fare: fare, at: now)
            return Answer(code: "ok", terminalNumber: 0)
        } catch {
            return Answer(code: error.code.rawValue, terminalNumber: error.terminalNumber)
        }
    }

    @Test("is accepted in the layout it was made in, and in that one only")
    func layouts() throws {
        for layout in Self.layouts {
            let bytes = try code(layout)
            #expect(bytes.count == 336)
            for reading in Self.layouts {
                #expect(verdict(bytes, layout: reading).isAccepted == (reading == layout))
            }
        }
    }

    @Test("of every length of custom data is accepted, and no longer one", arguments: [0, 1, 31, 32, 33])
    func customData(count: Int) throws {
        let bytes = try code { $0.customData = [UInt8](repeating: 7, count: count) }
        #expect(verdict(bytes).code == (count <= 32 ? "ok" : "malformed"))
    }

    @Test("whose certificate was signed with its own key is refused")
    func selfSignedCertificate() throws {
        let verdict = verdict(try code(authority: keys.issuer))
        #expect(verdict.code == "bad_signature" && verdict.terminalNumber == -102)
    }

    @Test("that its issuer did not sign is refused")
    func issuerSignature() throws {
        let verdict = verdict(try code(issuer: keys.stranger))
        #expect(verdict.code == "bad_signature" && verdict.terminalNumber == -103)
    }

    @Test("from the future is refused")
    func future() throws {
        let verdict = verdict(try code(generatedAt: Self.now + 31))
        #expect(verdict.code == "from_future" && verdict.terminalNumber == -105)
        #expect(self.verdict(try code(generatedAt: Self.now + 30)).isAccepted)
    }

    @Test("with the same payload signed again is the same showing")
    func signedAgain() throws {
        let first = try code()
        let second = try code()
        #expect(first != second)
        let key = try verifier().verified(first, at: Self.now).showing.replayKey
        #expect(try verifier().verified(second, at: Self.now).showing.replayKey == key)
        let later = try code(generatedAt: Self.now + 1)
        #expect(try verifier().verified(later, at: Self.now).showing.replayKey != key)
        let other = try code { $0.cardAccount[9] ^= 1 }
        #expect(try verifier().verified(other, at: Self.now).showing.replayKey != key)
    }

    @Test("lives no longer than the gate remembers it, whatever it says itself")
    func longLife() throws {
        let bytes = try code(generatedAt: Self.now - 121) { $0.lifeSeconds = 65535 }
        #expect(verdict(bytes).code == "stale")
        #expect(try verdict(code(generatedAt: Self.now - 120) { $0.lifeSeconds = 65535 }).isAccepted)
    }

    @Test("names its holder as the registry does: the card account and two zero bytes")
    func identifier() throws {
        let verified = try verifier().verified(try code(), at: Self.now)
        #expect(verified.showing.transitIdentifier == [UInt8](repeating: 0x22, count: 10) + [0, 0])
    }

    @Test("that another phone signed is refused")
    func userSignature() throws {
        var bytes = try code()
        let other = try code(user: keys.stranger)
        bytes.replaceSubrange((bytes.count - 64)..., with: other[(other.count - 64)...])
        let verdict = verdict(bytes)
        #expect(verdict.code == "bad_presentation" && verdict.terminalNumber == -104)
    }

    @Test("is refused with the listed code and number")
    func refusals() throws {
        let cases: [(bytes: [UInt8], fare: UInt64, code: String, number: Int)] = [
            (try code(caIndex: 2), 200, "unknown_issuer", -101),
            (try code(certifiedIssuer: [9, 9, 9, 9]), 200, "key_not_for_this_use", -102),
            (try code(certificateEnd: Self.now - 86_400), 200, "key_expired", -102),
            (try code { $0.authorisedUntil = Self.now - 1 }, 200, "expired", -105),
            (try code(generatedAt: Self.now - 31), 200, "stale", -105),
            (try code(), 1501, "no_entitlement", -106),
            (Array(try code().dropLast()), 200, "malformed", -1),
            (try code() + [0], 200, "malformed", -1),
            ([], 200, "malformed", -1),
        ]
        for (index, item) in cases.enumerated() {
            let verdict = verdict(item.bytes, fare: item.fare)
            #expect(verdict.code == item.code, "case \(index)")
            #expect(verdict.terminalNumber == item.number, "case \(index)")
        }
    }

    @Test("is refused with any one byte flipped")
    func flips() throws {
        let bytes = try code()
        #expect(verdict(bytes).isAccepted)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1 << UInt8(index % 8)
            #expect(!verdict(altered).isAccepted, "byte \(index)")
        }
    }

    @Test("is shown unverified in whatever layout it stands, and nothing else is taken for one")
    func inspection() throws {
        for layout in Self.layouts where layout.epoch == .year1970 {
            let code = try code(layout)
            let shown = try #require(TransitInspection(code)).json
            #expect(shown["generatedAt"] == .integer(Int64(Self.now)) && shown["customData"] == "01020304")
            #expect(shown["layout"]?["lengthMeaning"]?.string == layout.lengthMeaning.rawValue)
            #expect(shown["layout"]?["customDataPlace"]?.string == layout.customDataPlace.rawValue)
            for count in 0..<code.count { #expect(TransitInspection(Array(code.prefix(count))) == nil) }
        }
    }
}
