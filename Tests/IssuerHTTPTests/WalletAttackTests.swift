import Credential
import Dispatch
import Encoding
import Glibc
import IssuerInterface
import Issuing
import Signing
import Synchronization
import Testing
import WalletPhone

@Suite("Somebody who wants the codes of another's phone")
struct WalletAttackTests {
    private let wallets: WalletDaemon
    private let phone: Phone

    init() throws {
        wallets = try WalletDaemon()
        phone = try wallets.phone()
    }

    @Test("may try five PINs; then the right one is refused too, also after a kill and a restart")
    func pins() throws {
        let offer = try wallets.offer()
        let right = try #require(offer.pin)
        let wrong = right == "000000" ? "000001" : "000000"
        #expect(try WalletDaemon.code { try phone.token(for: offer, pin: "") } == "pin_wrong")
        #expect(try WalletDaemon.code { try phone.token(for: offer, pin: wrong) } == "pin_wrong")
        _ = try phone.token(for: offer)
        _ = wallets.daemon.end(SIGKILL)
        try wallets.daemon.start()
        #expect(try WalletDaemon.code { try phone.token(for: offer, pin: wrong) } == "pin_wrong")
        do {
            _ = try phone.token(for: offer, pin: wrong)
            Issue.record("a wrong PIN is taken")
        } catch let error as OperationError {
            #expect(error.code == "pin_wrong" && error.reason.contains("tries left: 1"))
        }
        #expect(try WalletDaemon.code { try phone.token(for: offer, pin: wrong) } == "pin_locked")
        _ = wallets.daemon.end(SIGTERM)
        try wallets.daemon.start()
        for pin in [right, wrong] {
            #expect(try WalletDaemon.code { try phone.token(for: offer, pin: pin) } == "pin_locked")
        }
        let lines = try wallets.ask(.readAudit, ["subject": .string(wallets.subject)])["lines"]?.array ?? []
        #expect(lines.filter { $0["action"] == "wallet.token" }.count == 5)
        #expect(lines.allSatisfy { !$0.encoded().contains(right) && !$0.encoded().contains("\"pin\"") })
    }

    @Test("gets no further by leaving the PIN out, which is not counted")
    func missingPIN() throws {
        let offer = try wallets.offer()
        for _ in 0..<9 {
            let body: JSONValue = [
                "grant": "offer", "code": .string(offer.code),
                "dpop": .string(try phone.dpop("token", nonce: phone.nonce())),
            ]
            #expect(try WalletDaemon.code { try wallets.ask(.walletToken, body) } == "pin_wrong")
        }
        _ = try phone.receive(offer)
    }

    @Test("and relays code and PIN with a key of their own gets nothing, and the phone receives afterwards")
    func relay() throws {
        let offer = try wallets.offer()
        let relay = try wallets.phone()
        // The relay has all that a phone sends: the code, the PIN, and proofs under the phone's key.
        let stolen = try relay.token(for: offer)
        for secret in [nil, [UInt8](repeating: 0, count: 32), Array(offer.code.utf8)] {
            #expect(try WalletDaemon.code { try relay.strip(by: stolen, secret: secret) } == "proof_invalid")
        }
        let token = try phone.token(for: offer)
        let nonce = try phone.nonce()
        let order =
            try phone.order(
                by: token, secret: offer.secret, seeds: Phone.seeds(for: token), nonce: nonce
            ).object ?? [:]
        // The phone's mac is for the phone's key: beside the relay's key it is wrong.
        let mac = try #require(try Self.mac(in: order["proof"]?.string))
        var swapped = try relay.order(by: stolen, secret: nil, seeds: Phone.seeds(for: stolen), nonce: nonce).object
        swapped?["proof"] = .string(
            try relay.proof(nonce: nonce, anchors: Phone.seeds(for: stolen).map(\.anchor), secret: nil) {
                $0["mac"] = mac
            })
        let changed = JSONValue.object(swapped ?? [:])
        #expect(try WalletDaemon.code { try wallets.ask(.walletCredential, changed) } == "proof_invalid")
        _ = try phone.strip(by: token, secret: offer.secret)
        #expect(try WalletDaemon.code { try relay.strip(by: stolen, secret: nil) } == "offer_used")
    }

    private static func mac(in proof: String?) throws -> JSONValue? {
        let parts = (proof ?? "").split(separator: ".")
        return try JSONValue.parse(Base64.decodeURL(parts[1]), byteCountMax: 4096)["mac"]
    }

    @Test("and has a stolen refresh token or access token gets nothing without the phone's key")
    func stolenTokens() throws {
        let strip = try phone.receive(wallets.offer(["days": 1]))
        let thief = try wallets.phone()
        let refresh = try #require(strip.refreshToken)
        #expect(try WalletDaemon.code { try thief.token(refresh: refresh) } == "token_invalid")
        let token = try phone.token(refresh: refresh)
        #expect(try WalletDaemon.code { try thief.strip(by: token, secret: nil) } == "token_invalid")
        for (operation, path) in [(IssuerOperation.walletCodes, "codes"), (.walletRevoke, "revoke")] {
            let others: JSONObject = path == "revoke" ? ["scope": "subject"] : [:]
            #expect(
                try WalletDaemon.code { try thief.ask(operation, path: path, by: token, others) } == "token_invalid")
        }
        // A token of another use, a changed one, and none.
        let access = token["accessToken"]?.string ?? ""
        #expect(try WalletDaemon.code { try phone.token(refresh: access) } == "token_invalid")
        for text in ["", "AAAA", String(access.dropLast(4)), refresh] {
            let other: JSONValue = ["accessToken": .string(text), "days": 1, "suite": "ed25519"]
            #expect(try WalletDaemon.code { try phone.strip(by: other, secret: nil) } == "token_invalid", "\(text)")
        }
        #expect(try WalletDaemon.code { try phone.renew(String(refresh.reversed())) } == "token_invalid")
        _ = try phone.renew(refresh)
    }

    @Test("at once with the true phone, both with the whole link, leaves one of them without")
    func twoPhones() throws {
        for _ in 0..<10 {
            let offer = try wallets.offer(["days": 1])
            let phones = [phone, try wallets.phone()]
            let tokens = try phones.map { try $0.token(for: offer) }
            let outcomes = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 2) { place in
                let outcome = Result {
                    try WalletDaemon.code { try phones[place].strip(by: tokens[place], secret: offer.secret) }
                }
                outcomes.withLock { $0.append((try? outcome.get() ?? "received") ?? "failed") }
            }
            #expect(outcomes.withLock { $0.sorted() } == ["offer_used", "received"])
        }
        #expect(try wallets.ask(.listHoldings, ["subject": .string(wallets.subject)])["holdings"]?.array?.count == 10)
    }
}
