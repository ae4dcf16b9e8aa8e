import Credential
import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Platform
import Testing
import WalletPhone

@Suite("A phone that repeats its request for codes", .serialized)
struct WalletRepetitionTests {
    /// More calls than the request makes.
    private static let callCountMax = 120

    private let wallets: WalletDaemon
    private let phone: Phone

    init() throws {
        wallets = try WalletDaemon()
        phone = try wallets.phone()
    }

    /// The bytes of the answer to a request for codes.
    private func bytes(_ order: JSONValue) throws -> [UInt8] {
        let exchange = HTTPExchange(endpoint: .socket(path: wallets.daemon.socket), timeoutMilliseconds: 60_000)
        return try exchange.post(path: "/v1/wallets/credential", body: Array(order.encoded().utf8)).body
    }

    private func liveCount(_ refresh: String) throws -> Int? {
        try phone.ask(.walletCodes, path: "codes", by: phone.token(refresh: refresh))["codes"]?.array?.count
    }

    @Test("gets the same bytes, also after a restart, and other anchors are another request")
    func same() throws {
        let offer = try wallets.offer(["days": 2])
        let token = try phone.token(for: offer)
        let seeds = try Phone.seeds(for: token)
        func order(_ seeds: [ChainSeed], key: String = "one") throws -> JSONValue {
            try phone.order(by: token, secret: offer.secret, seeds: seeds, idempotencyKey: key, nonce: phone.nonce())
        }
        let first = try bytes(order(seeds))
        #expect(try bytes(order(seeds)) == first)
        _ = wallets.daemon.end(SIGKILL)
        try wallets.daemon.start()
        #expect(try bytes(order(seeds)) == first)
        let answer = try JSONValue.parse(first, byteCountMax: 1 << 16)
        #expect(try liveCount(answer["refreshToken"]?.string ?? "") == 4)
        let others = try order(Phone.seeds(for: token))
        #expect(try WalletDaemon.code { try wallets.ask(.walletCredential, others) } == "idempotency_mismatch")
        let again = try order(seeds, key: "two")
        #expect(try WalletDaemon.code { try wallets.ask(.walletCredential, again) } == "offer_used")
        // Another phone's key under the same name is another request.
        let other = try wallets.phone()
        let second = try wallets.offer(["days": 2])
        let strip = try other.strip(by: other.token(for: second), secret: second.secret, idempotencyKey: "one")
        #expect(strip.holding != answer["holding"]?.string)
        for key in ["", String(repeating: "k", count: 129)] {
            let order = try order(seeds, key: key)
            #expect(try WalletDaemon.code { try wallets.ask(.walletCredential, order) } == "idempotency_key_invalid")
        }
    }

    @Test("gets one strip, whichever call was the killed daemon's last")
    func killed() throws {
        let library = try KillingCalls(in: wallets.daemon.installation.folder)
        var (call, isDone, wasCommitted) = (0, false, 0)
        while !isDone {
            call += 1
            try #require(call < Self.callCountMax)
            let offer = try wallets.offer(["days": 1])
            let token = try phone.token(for: offer)
            let seeds = try Phone.seeds(for: token)
            _ = wallets.daemon.end(SIGKILL)
            let daemon = try HTTPDaemon(wallets.daemon.installation, prefix: library.prefix(at: call))
            func strip() throws -> Phone.Strip {
                try phone.strip(by: token, secret: offer.secret, seeds: seeds, idempotencyKey: "call \(call)")
            }
            var first: Phone.Strip?
            let nonce = try phone.nonce()
            let order = try phone.order(
                by: token, secret: offer.secret, seeds: seeds, idempotencyKey: "call \(call)", nonce: nonce)
            try library.arm()
            do throws(OperationError) {
                first = Phone.Strip(
                    answer: try IssuerClient(path: daemon.socket).ask(.walletCredential, order), seeds: seeds)
                isDone = true
            } catch {
                #expect(error.code == "daemon_unreachable", "\(call): \(error)")
            }
            library.disarm()
            _ = daemon.end(SIGKILL)
            try wallets.daemon.start()
            let holdings = try wallets.ask(.listHoldings, ["subject": .string(wallets.subject)])["holdings"]?.array
            if !isDone, holdings?.count == call { wasCommitted += 1 }
            let (second, third) = (try strip(), try strip())
            #expect(second.answer == third.answer)
            if let first { #expect(first.answer == second.answer) }
            let codes =
                try phone.ask(
                    .walletCodes, path: "codes", by: phone.token(refresh: second.refreshToken ?? ""))["codes"]?.array
                ?? []
            #expect(codes.filter { $0["isHere"] == true }.count == 2 && codes.count == 2 * call)
        }
        // Some of the kills came between the commit and the answer.
        #expect(wasCommitted > 0 && call > 3, "\(call) calls")
    }
}
