import Encoding
import Gate
import IssuerInterface
import Issuing
import Testing
import WalletPhone

@Suite("Codes on phones, revoked")
struct WalletRevocationTests {
    private let wallets: WalletDaemon
    private let phone: Phone

    init() throws {
        wallets = try WalletDaemon()
        phone = try wallets.phone()
    }

    private func revoked(_ operation: IssuerOperation, _ body: JSONValue) throws -> Int64? {
        try wallets.ask(operation, body)["revoked"]?.integer
    }

    private func statuses(_ subject: String) throws -> [String] {
        let holdings = try wallets.ask(.listHoldings, ["subject": .string(subject)])["holdings"]?.array ?? []
        return holdings.compactMap { $0["status"]?.string }
    }

    @Test("by the loss code from anywhere, however it is typed; every wrong one gets the same answer")
    func lossCode() throws {
        let offer = try wallets.offer()
        let strip = try phone.receive(offer)
        let code = offer.lossCode
        let characters = Array(code)
        var wrong = ["", "A", "AAAA-AAAA-AAAA-AAAA-A", String(code.dropLast()), code + "A", "\u{0}\u{0}"]
        wrong += characters.indices.filter { characters[$0] != "-" }.map { place in
            var changed = characters
            changed[place] = changed[place] == "A" ? "C" : "A"
            return String(changed)
        }
        var answers: Set<String> = []
        for text in wrong {
            do {
                _ = try wallets.ask(.walletLost, ["lossCode": .string(text)])
                Issue.record("\(text) is taken")
            } catch let error as OperationError {
                answers.insert("\(error)")
            }
        }
        #expect(answers.count == 1 && answers.first?.contains("loss_code_unknown") == true)
        let typed = code.lowercased().replacing("-", with: " ").replacing("o", with: "0").replacing("i", with: "1")
        #expect(try revoked(.walletLost, ["lossCode": .string(typed)]) == 14)
        #expect(try revoked(.walletLost, ["lossCode": .string(code)]) == 0)
        #expect(try WalletDaemon.code { try phone.renew(strip.refreshToken ?? "") } == "wallet_revoked")
        #expect(try statuses(wallets.subject) == ["revoked"])
    }

    @Test("by the phone: its own codes, or every code of its holder on every phone")
    func byPhone() throws {
        let (first, second) = (try phone.receive(wallets.offer()), try wallets.phone().receive(wallets.offer()))
        let other = try wallets.phone()
        let third = try other.receive(wallets.offer())
        let token = try phone.token(refresh: first.refreshToken ?? "")
        func ask(_ scope: String, by phone: Phone, _ token: JSONValue) throws -> Int64? {
            try phone.ask(.walletRevoke, path: "revoke", by: token, ["scope": .string(scope)])["revoked"]?.integer
        }
        #expect(try WalletDaemon.code { try ask("all", by: phone, token) } == "request_malformed")
        #expect(try ask("holding", by: phone, token) == 14)
        #expect(try ask("holding", by: phone, token) == 0)
        #expect(try WalletDaemon.code { try ask("subject", by: phone, token) } == "wallet_revoked")
        #expect(try WalletDaemon.code { try phone.ask(.walletCodes, path: "codes", by: token) } == "wallet_revoked")
        #expect(try statuses(wallets.subject).sorted() == ["active", "active", "revoked"])
        let open = try wallets.offer()
        #expect(try ask("subject", by: other, other.token(refresh: third.refreshToken ?? "")) == 28)
        #expect(try statuses(wallets.subject) == ["revoked", "revoked", "revoked"])
        #expect(try WalletDaemon.code { try phone.receive(open) } == "offer_ended")
        #expect(second.holding != third.holding)
    }

    @Test("by an operator: a holding, or a subject with all its holdings and what it carries for wards")
    func byOperator() throws {
        let own = try phone.receive(wallets.offer())
        let ward = try phone.receive(wallets.offerOfWard())
        #expect(ward.answer["ward"] == true && own.answer["ward"] == false)
        #expect(try revoked(.revokeHolding, ["holding": .string(own.holding)]) == 14)
        #expect(try revoked(.revokeHolding, ["holding": .string(own.holding)]) == 0)
        for name in ["", "00", String(repeating: "0", count: 32)] {
            let code = try WalletDaemon.code { try wallets.ask(.revokeHolding, ["holding": .string(name)]) }
            #expect(code == "holding_unknown" || code == "request_malformed", "\(name): \(code ?? "")")
        }
        #expect(try WalletDaemon.code { try phone.renew(own.refreshToken ?? "") } == "wallet_revoked")
        let open = try wallets.offerOfWard()
        // The guardian is cut off: the ward's codes go by the guardian's indices.
        #expect(try revoked(.revoke, ["target": .string(wallets.subject)]) == 14)
        #expect(try statuses(wallets.ward) == ["revoked"])
        #expect(try WalletDaemon.code { try phone.renew(ward.refreshToken ?? "") } == "wallet_revoked")
        #expect(try WalletDaemon.code { try phone.receive(open) } == "offer_ended")
    }

    @Test("of a ward are seen by the guardian that carries them, who cannot revoke the others")
    func wards() throws {
        let ward = try phone.receive(wallets.offerOfWard())
        let own = try wallets.phone()
        _ = try own.receive(wallets.offer(["subject": .string(wallets.ward)]))
        let token = try phone.token(refresh: ward.refreshToken ?? "")
        #expect(token["ward"] == true)
        #expect(try phone.ask(.walletCodes, path: "codes", by: token)["codes"]?.array?.count == 14)
        let refused = try WalletDaemon.code {
            try phone.ask(.walletRevoke, path: "revoke", by: token, ["scope": "subject"])
        }
        #expect(refused == "not_permitted")
        #expect(try phone.ask(.walletRevoke, path: "revoke", by: token, ["scope": "holding"])["revoked"] == 14)
        #expect(try statuses(wallets.ward).sorted() == ["active", "revoked"])
        for (members, code) in [
            (["ward": .string(wallets.subject)], "guardian_invalid"), (["scope": 1], "guardian_invalid"),
            (["ward": .string(wallets.ward), "scope": 0], "guardian_invalid"),
            (["ward": .string(wallets.ward), "scope": 16], "guardian_invalid"),
            (["ward": "91350100M000100Y43"], "subject_unknown"), (["days": 0], "count_invalid"),
            (["days": 32], "count_invalid"), (["subject": "00"], "subject_unknown"),
            (["subject": .string(String(repeating: "0", count: 32))], "subject_unknown"),
        ] as [(JSONObject, String)] {
            #expect(try WalletDaemon.code { try wallets.offer(members) } == code, "\(members)")
        }
    }
}
