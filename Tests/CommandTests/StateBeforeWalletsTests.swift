import Encoding
import TestSupport
import Testing

/// Uses an installation whose registry has codes, and neither offers nor holdings.
@Suite("The state of the version before phones received codes")
struct StateBeforeWalletsTests {
    private let earlier: EarlierInstallation

    init() throws {
        earlier = try EarlierInstallation("before-wallets")
    }

    @Test("keeps every row, gets the tables of wallets, and offers codes to phones")
    func kept() throws {
        let before = try earlier.rows()
        #expect(try earlier.keepsTrail())
        let after = try earlier.rows()
        #expect(EarlierInstallation.lostRows(before, after) == [])
        let step = "grdb_migrations ('wallets 1',)"
        #expect(!before.contains(step) && after.contains(step))
        let subject = try #require(try earlier.lines("trail.jsonl").compactMap { $0["subject"]?.string }.first)
        #expect(try earlier.suishen(["wallet", "list", subject]).isEmpty)
        let offer = try #require(try earlier.suishen(["offer", subject]).first)
        #expect(offer["link"]?.string?.hasPrefix("https://wallet.code.suishen.example/w/#offer=") == true)
    }

    @Test("revokes the codes that it issued before")
    func revoked() throws {
        let cti = try #require(try earlier.lines("chain-code.json").first?["cti"]?.string)
        _ = try earlier.suishen(["revoke", cti])
        let subject = try #require(try earlier.lines("trail.jsonl").compactMap { $0["subject"]?.string }.first)
        #expect(try earlier.suishen(["revoke", subject]).first?["revoked"] == 1)
    }
}
