import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite(
    "The role of the web server that passes phones' requests on",
    .enabled(if: getuid() == 0, "who connects is tried as other users, which only root can become"))
struct WalletRoleTests {
    @Test("reaches the wallet's six routes, and gets nothing else")
    func onlyWallets() throws {
        let daemon = try HTTPDaemon.open(
            "host: CODE.SUISHEN.EXAMPLE\nroles:\n  40001: [wallet]\n  40002: [public]")
        let own = Set(["nonce", "token", "credential", "codes", "revoke", "lost"].map { "/v1/wallets/\($0)" })
        #expect(own.isSubset(of: Route.table.map(\.pattern.text)))
        for route in Route.table {
            let body = route.method == .post ? ["-d", "{}"] : []
            let path = route.pattern.text.replacing("*", with: "")
            for uid in [40001, 40002] {
                let answer = try daemon.ask(body + ["--globoff", "http://d\(path)"], as: uid)
                let isRefused = answer.contains("\"not_permitted\"") && answer.hasSuffix("\n403")
                let isOwn = own.contains(route.pattern.text) && uid == 40001
                let isPublic = route.roles.contains(.public) && uid == 40002
                #expect(isRefused != (isOwn || isPublic), "\(uid) \(path): \(answer)")
            }
        }
        #expect(try daemon.ask(["-d", "{}", "http://d/v1/wallets/nonce"], as: 40001).hasSuffix("\n200"))
    }
}
