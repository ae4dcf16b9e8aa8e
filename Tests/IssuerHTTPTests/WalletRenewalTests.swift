import Encoding
import Issuing
import Testing
import WalletPhone

@Suite("A phone that renews its codes")
struct WalletRenewalTests {
    @Test("goes on where the last strip ends, without gap or overlap, and not too early")
    func renews() throws {
        let wallets = try WalletDaemon()
        let phone = try wallets.phone()
        var strip = try phone.receive(wallets.offer(["days": 1]))
        let refresh = try #require(strip.refreshToken)
        // A strip of one day may be renewed at once, until more than two days are covered.
        for _ in 0..<2 {
            let next = try phone.renew(refresh)
            #expect(next.codes.map(\.issuedAt) == [strip.coveredUntil, strip.coveredUntil])
            #expect(next.coveredUntil == strip.coveredUntil + 86_400 && next.holding == strip.holding)
            #expect(next.refreshToken == nil)
            strip = next
        }
        #expect(try WalletDaemon.code { try phone.renew(refresh) } == "renewal_early")
        let holdings = try wallets.ask(.listHoldings, ["subject": .string(wallets.subject)])["holdings"]?.array ?? []
        #expect(holdings.count == 1 && holdings[0]["coveredUntil"] == .integer(Int64(strip.coveredUntil)))
        let week = try phone.receive(wallets.offer())
        #expect(try WalletDaemon.code { try phone.renew(week.refreshToken ?? "") } == "renewal_early")
        let live =
            try phone.ask(
                .walletCodes, path: "codes", by: phone.token(refresh: refresh))["codes"]?.array ?? []
        #expect(live.count == 20 && live.filter { $0["isHere"] == true }.count == 6)
    }
}
