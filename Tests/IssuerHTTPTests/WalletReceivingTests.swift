import Encoding
import Glibc
import IssuerTestSupport
import WalletPhone
import Issuing
import Signing
import Testing

@Suite("A phone that receives codes from a daemon")
struct WalletReceivingTests {
    @Test(
        "gets a strip by code and PIN: a chain and a signed code for each day, one after the other",
        arguments: [(Suite.ed25519, SignatureAlgorithm.ed25519), (.es256, .es256), (.es256, .ed25519)])
    func receives(suite: Suite, algorithm: SignatureAlgorithm) throws {
        let wallets = try WalletDaemon(suite)
        let phone = try wallets.phone(algorithm)
        let offer = try wallets.offer()
        let token = try phone.token(for: offer)
        #expect(token["suite"]?.string == suite.rawValue && token["ward"] == false && token["days"] == 7)
        let strip = try phone.strip(by: token, secret: offer.secret)
        let codes = strip.codes
        #expect(codes.map(\.kind) == (0..<7).flatMap { _ in ["chain", "signed"] })
        for (place, code) in codes.enumerated() {
            #expect(code.issuedAt == codes[0].issuedAt + UInt64(place / 2) * 86_400)
            #expect(code.expiresAt == code.issuedAt + 86_400)
        }
        #expect(strip.coveredUntil == codes.last?.expiresAt && strip.refreshToken != nil)
        let listed = try wallets.ask(.listHoldings, ["subject": .string(wallets.subject)])["holdings"]?.array ?? []
        #expect(listed.count == 1 && listed[0]["holding"]?.string == strip.holding)
        #expect(listed[0]["device"]?.string == phone.thumbprint && listed[0]["status"] == "active")
        let live =
            try phone.ask(
                .walletCodes, path: "codes", by: phone.token(refresh: strip.refreshToken ?? ""))["codes"]?.array ?? []
        #expect(live.count == 14 && live.allSatisfy { $0["isHere"] == true })
    }

    @Test("is told that an offer is used, unknown or revoked")
    func ended() throws {
        let wallets = try WalletDaemon()
        let (phone, other) = (try wallets.phone(), try wallets.phone())
        let offer = try wallets.offer()
        _ = try phone.receive(offer)
        for phone in [phone, other] {
            #expect(try WalletDaemon.code { try phone.receive(offer) } == "offer_used")
        }
        let lost = try wallets.offer()
        #expect(try wallets.ask(.walletLost, ["lossCode": .string(lost.lossCode)])["revoked"] == 0)
        #expect(try WalletDaemon.code { try phone.receive(lost) } == "offer_ended")
        let body: JSONValue = [
            "grant": "offer", "code": .string(String(repeating: "A", count: 43)),
            "dpop": .string(try phone.dpop("token", nonce: phone.nonce())),
        ]
        #expect(try WalletDaemon.code { try wallets.ask(.walletToken, body) } == "offer_unknown")
    }
}
