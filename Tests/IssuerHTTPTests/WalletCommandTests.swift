import Encoding
import IssuerTestSupport
import Issuing
import Signing
import TestSupport
import Testing
import WalletPhone

@Suite("The commands for codes on phones")
struct WalletCommandTests {
    /// Runs `suishen` with JSON output; the answer's lines, or the error's text.
    private static func run(
        _ words: [String], at socket: String
    ) throws -> (status: Int32, lines: [JSONValue], text: String) {
        let outcome = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishen"] + words + ["--socket", socket, "--json"])
        let lines = outcome.output.split(separator: "\n").compactMap { line in
            try? JSONValue.parse(Array(line.utf8), byteCountMax: 1 << 16)
        }
        return (outcome.status, lines, outcome.output)
    }

    @Test("offer codes, list what phones hold, and revoke a holding")
    func offerListRevoke() throws {
        let wallets = try WalletDaemon()
        let socket = wallets.daemon.socket
        let answer = try #require(try Self.run(["offer", wallets.subject], at: socket).lines.first)
        let link = answer["link"]?.string ?? ""
        #expect(link.hasPrefix("https://wallet.code.suishen.example/w/#offer=") && link.count == 45 + 43)
        #expect(answer["pin"]?.string.map { $0.count == 6 && $0.allSatisfy(\.isNumber) } == true)
        #expect(answer["days"] == 7 && answer["offer"]?.string?.count == 32)
        let phone = try wallets.phone()
        let own = try phone.receive(Phone.Offer(answer))
        #expect(own.holding == answer["offer"]?.string)
        let words = ["offer", wallets.subject, "--for", wallets.ward, "--no-pin", "--days", "2"]
        let plain = try #require(try Self.run(words, at: socket).lines.first)
        #expect(plain["pin"] == .null && plain["days"] == 2)
        let ward = try phone.receive(Phone.Offer(plain))
        #expect(ward.codes.count == 4)
        let listed = try Self.run(["wallet", "list", wallets.subject], at: socket).lines
        #expect(Set(listed.compactMap { $0["holding"]?.string }) == [own.holding, ward.holding])
        #expect(listed.allSatisfy { $0["device"]?.string == phone.thumbprint })
        #expect(listed.first { $0["holding"]?.string == ward.holding }?["guardian"]?.string == wallets.subject)
        let ofWard = try Self.run(["wallet", "list", wallets.ward], at: socket).lines
        #expect(ofWard.compactMap { $0["holding"]?.string } == [ward.holding])
        #expect(try Self.run(["wallet", "revoke", ward.holding], at: socket).lines == [["revoked": 4]])
        #expect(try Self.run(["wallet", "list", wallets.ward], at: socket).lines.first?["status"] == "revoked")
        #expect(try Self.run(["wallet", "list", wallets.subject], at: socket).lines.count == 2)
        for (words, code) in [
            (["wallet", "revoke", String(repeating: "0", count: 32)], "holding_unknown"),
            (["wallet", "list", String(repeating: "0", count: 32)], "subject_unknown"),
            (["offer", "00"], "subject_unknown"), (["offer", wallets.subject, "--days", "32"], "count_invalid"),
            (["offer", wallets.subject, "--for", wallets.subject], "guardian_invalid"),
        ] {
            let refused = try Self.run(words, at: socket)
            #expect(refused.status == 1 && refused.text.contains("[\(code)]"), "\(words): \(refused.text)")
        }
    }

    @Test("say that an issuer of suite sm2, or one without the setting, has no wallets")
    func without() throws {
        let sm2 = try WalletDaemon(.sm2)
        let refused = try Self.run(["offer", sm2.subject], at: sm2.daemon.socket)
        #expect(refused.status == 1 && refused.text.contains("[suite_unsupported]"))
        let installation = try Installation()
        var settings = try Settings(contentsOf: installation.state.settings)
        settings.wallet = .none
        try installation.write(settings)
        let off = try WalletDaemon(on: installation)
        #expect(try Self.run(["offer", off.subject], at: off.daemon.socket).text.contains("[wallets_off]"))
        #expect(try WalletDaemon.code { try off.ask(.walletNonce, [:]) } == "wallets_off")
        #expect(try WalletDaemon.code { try off.ask(.walletLost, ["lossCode": "A"]) } == "wallets_off")
    }
}
