import Encoding
import Issuing
import Testing
import WalletPhone

@Suite("The rates of phones")
struct WalletRateTests {
    private let wallets: WalletDaemon

    init() throws { wallets = try WalletDaemon() }

    @Test("hold one phone's key to its pace, and no other phone's")
    func device() throws {
        let phone = try wallets.phone()
        let strip = try phone.receive(wallets.offer())
        let refresh = try #require(strip.refreshToken)
        let codes = try (0..<80).map { _ in try WalletDaemon.code { try phone.token(refresh: refresh) } }
        #expect(codes.prefix(50).allSatisfy { $0 == nil } && codes.last == "rate_exceeded")
        #expect(codes.allSatisfy { $0 == nil || $0 == "rate_exceeded" })
        let other = try wallets.phone()
        _ = try other.receive(wallets.offer())
    }

    @Test("hold one offer to its pace, whatever the number of keys that ask with it")
    func offer() throws {
        let offer = try wallets.offer()
        let codes = try (0..<24).map { _ in try WalletDaemon.code { try wallets.phone().token(for: offer) } }
        #expect(codes.prefix(20).allSatisfy { $0 == nil } && codes.last == "rate_exceeded", "\(codes)")
        // An unknown code of another length takes no memory, and the next offer is free.
        _ = try wallets.phone().receive(wallets.offer())
    }

    @Test("hold the renewals of one holding to their pace")
    func renewals() throws {
        let phone = try wallets.phone()
        let strip = try phone.receive(wallets.offer())
        let token = try phone.token(refresh: try #require(strip.refreshToken))
        let codes = try (0..<24).map { _ in try WalletDaemon.code { try phone.strip(by: token, secret: nil) } }
        #expect(codes.prefix(20).allSatisfy { $0 == "renewal_early" } && codes.last == "rate_exceeded", "\(codes)")
    }
}
