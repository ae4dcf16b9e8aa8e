import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing
import WalletPhone

@Suite("What a daemon leaves of offers and phones")
struct WalletSecrecyTests {
    @Test("has no secret, code, loss code or token in clear: not the registry, the trail or the diagnostics")
    func nothing() throws {
        let wallets = try WalletDaemon()
        let phone = try wallets.phone()
        let offers = try [wallets.offer(), wallets.offerOfWard(), wallets.offer()]
        var secrets: [String: [UInt8]] = [:]
        for (number, offer) in offers.enumerated() {
            secrets["secret \(number)"] = offer.secret
            secrets["code \(number)"] = Array(offer.code.utf8)
            secrets["raw code \(number)"] = try Base64.decodeURL(offer.code)
            secrets["loss code \(number)"] = Array(offer.lossCode.utf8)
            let characters = offer.lossCode.replacing("-", with: "").prefix(16)
            secrets["typed loss code \(number)"] = Array(characters.utf8)
            secrets["loss code's bytes \(number)"] = try Base32.decode(characters)
        }
        // A wrong PIN, a request in the wrong place, and codes that arrive in other members.
        _ = try WalletDaemon.code { try phone.token(for: offers[0], pin: "00000A") }
        for member in ["holding", "subject", "lossCode", Base64.encodeURL(offers[0].secret)] {
            let body = JSONValue.object([member: .string(Base64.encodeURL(offers[0].secret))])
            for operation in [IssuerOperation.walletLost, .revokeHolding, .makeOffer, .walletToken] {
                _ = try WalletDaemon.code { try wallets.ask(operation, body) }
            }
        }
        let token = try phone.token(for: offers[0])
        let strip = try phone.strip(by: token, secret: offers[0].secret)
        _ = try phone.receive(offers[1])
        secrets["access token"] = Array((token["accessToken"]?.string ?? "").utf8)
        secrets["refresh token"] = Array((strip.refreshToken ?? "").utf8)
        secrets["raw refresh token"] = try Base64.decodeURL(strip.refreshToken ?? "")
        for (number, code) in strip.codes.enumerated() { secrets["code's text \(number)"] = Array(code.text.utf8) }
        _ = try wallets.ask(.walletLost, ["lossCode": .string(offers[1].lossCode)])
        let trail = try wallets.ask(.readAudit, [:]).encoded()
        let listed = try wallets.ask(.listHoldings, ["subject": .string(wallets.subject)]).encoded()
        _ = wallets.daemon.end(SIGKILL)
        let left =
            try wallets.daemon.installation.registryBytes() + Array(trail.utf8) + Array(listed.utf8)
            + Array(wallets.daemon.diagnostics.utf8)
        let text = Array(String(decoding: left, as: UTF8.self).utf8)
        for (name, secret) in secrets {
            #expect(secret.count >= 8, "\(name) occurs by chance")
            let spellings = [
                secret, Array(Hex.encode(secret).utf8), Array(Base64.encodeURL(secret).utf8),
                Array(Base64.encode(secret).utf8),
            ]
            for spelling in spellings {
                #expect(!left.contains(spelling) && !text.contains(spelling), "\(name) is left")
            }
        }
        // The same search finds what is there.
        #expect(left.contains(Array(strip.holding.utf8)) && left.contains(Array(phone.thumbprint.utf8)))
        // The PIN is too short to search for: its column has a digest of 32 bytes.
        let columns = try HTTPDaemon.run([
            "sqlite3", "-readonly", wallets.daemon.installation.state.registry,
            "SELECT DISTINCT length(pin) || ' ' || length(code) || ' ' || length(loss) FROM offer",
        ])
        #expect(columns.output == "32 32 32\n", "\(columns.output)")
        let kept = try HTTPDaemon.run([
            "sqlite3", "-readonly", wallets.daemon.installation.state.registry,
            "SELECT count(*) FROM offer WHERE secret IS NOT NULL",
        ])
        #expect(kept.output == "1\n", "\(kept.output)")
    }
}
