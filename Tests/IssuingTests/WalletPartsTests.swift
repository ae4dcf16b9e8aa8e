import Encoding
import Signing
import Testing

@testable import Issuing

@Suite("What wallets are made of")
struct WalletPartsTests {
    @Test("A loss code is read back however it is typed, and shows one wrong or two exchanged characters")
    func lossCode() throws {
        for _ in 0..<20 {
            let bytes = try SystemRandom().bytes(LossCode.byteCount)
            let text = LossCode.text(bytes)
            #expect(text.split(separator: "-").map(\.count) == [4, 4, 4, 4, 1])
            #expect(LossCode.bytes(text) == bytes && LossCode.bytes(text.lowercased()) == bytes)
            #expect(LossCode.bytes(text.replacing("-", with: "")) == bytes)
            #expect(LossCode.bytes(" \(text.replacing("-", with: " ")) ") == bytes)
            let alike = text.replacing("O", with: "0").replacing("I", with: "1").replacing("B", with: "8")
            #expect(LossCode.bytes(alike) == bytes)
            let characters = Array(text.replacing("-", with: ""))
            for place in characters.indices {
                for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" where other != characters[place] {
                    var changed = characters
                    changed[place] = other
                    #expect(LossCode.bytes(String(changed)) == nil)
                }
            }
            for place in characters.indices.dropLast() where characters[place] != characters[place + 1] {
                // As with every Luhn code, the first and the last character of the alphabet are not told apart.
                guard Set([characters[place], characters[place + 1]]) != ["A", "7"] else { continue }
                var changed = characters
                changed.swapAt(place, place + 1)
                #expect(LossCode.bytes(String(changed)) == nil, "\(text) at \(place)")
            }
        }
        for text in ["", "A", "ＡAAA-AAAA-AAAA-AAAA-A", String(repeating: "-", count: 65)] {
            #expect(LossCode.bytes(text) == nil)
        }
    }

    @Test("A nonce is good from its time on for two minutes, and of its own process alone")
    func nonces() throws {
        let nonces = try ProofNonces(random: SystemRandom())
        let start: UInt64 = 1_800_000_000_000
        let nonce = try nonces.make(atMilliseconds: start)
        for offset in [0, 1, 60_000, 120_000] as [UInt64] { try nonces.check(nonce, atMilliseconds: start + offset) }
        #expect(throws: OperationError.nonceNeeded) { try nonces.check(nonce, atMilliseconds: start + 120_001) }
        #expect(throws: OperationError.nonceNeeded) { try nonces.check(nonce, atMilliseconds: start - 1) }
        #expect(throws: OperationError.nonceNeeded) { try nonces.check(nil, atMilliseconds: start) }
        let other = try ProofNonces(random: SystemRandom())
        #expect(throws: OperationError.nonceNeeded) { try other.check(nonce, atMilliseconds: start) }
        #expect(try nonces.make(atMilliseconds: start) != nonce)
    }

    @Test("A nonce is taken by every daemon that has the same secret, and by no other one")
    func sharedNonces() throws {
        let start: UInt64 = 1_800_000_000_000
        func nonces(_ secret: UInt8) throws -> ProofNonces {
            try ProofNonces(key: ProofNonces.key(of: [UInt8](repeating: secret, count: 32)), random: SystemRandom())
        }
        let nonce = try nonces(1).make(atMilliseconds: start)
        try nonces(1).check(nonce, atMilliseconds: start)
        #expect(throws: OperationError.nonceNeeded) { try nonces(2).check(nonce, atMilliseconds: start) }
        // The secret itself is no key.
        let plain = try ProofNonces(key: [UInt8](repeating: 1, count: 32), random: SystemRandom())
        #expect(throws: OperationError.nonceNeeded) { try plain.check(nonce, atMilliseconds: start) }
    }

    @Test("A proof counts once while its nonce lives, also across spans of time; too many end every nonce")
    func proofs() throws {
        let nonces = try ProofNonces(random: SystemRandom())
        let start: UInt64 = 1_800_000_000_000
        try nonces.note("a", of: [1], atMilliseconds: start)
        for offset in [0, 1000, 119_000, 120_000] as [UInt64] {
            #expect(throws: OperationError.self) { try nonces.note("a", of: [1], atMilliseconds: start + offset) }
        }
        // A clock that is set back forgets nothing.
        #expect(throws: OperationError.self) { try nonces.note("a", of: [1], atMilliseconds: start - 500_000) }
        try nonces.note("a", of: [2], atMilliseconds: start)
        try nonces.note("b", of: [1], atMilliseconds: start)
        try nonces.note("a", of: [1], atMilliseconds: start + 400_000)
        let full = try ProofNonces(random: SystemRandom(), seenCountMax: 3)
        let nonce = try full.make(atMilliseconds: start)
        for name in ["a", "b", "c"] { try full.note(name, of: [1], atMilliseconds: start) }
        #expect(throws: OperationError.nonceNeeded) { try full.note("d", of: [1], atMilliseconds: start + 5) }
        #expect(throws: OperationError.nonceNeeded) { try full.check(nonce, atMilliseconds: start + 5) }
        let next = try full.make(atMilliseconds: start + 6)
        try full.check(next, atMilliseconds: start + 6)
        try full.note("e", of: [1], atMilliseconds: start + 6)
    }

    @Test("The wallet's origin is one as browsers write it, with TLS or on this machine")
    func origins() throws {
        for text in [
            "https://wallet.example.cn", "https://wallet.example.cn:8443", "http://localhost", "http://localhost:8080",
            "http://wallet.localhost:1", "http://127.0.0.1:65535", "https://a",
        ] {
            let settings = try Settings(text: "wallet: \"\(text)\"")
            let again = try Settings(text: settings.text)
            #expect(settings.walletOrigin == text && again == settings)
        }
        for text in [
            "", "https://", "http://wallet.example.cn", "https://wallet.example.cn/", "https://WALLET.example.cn",
            "https://wallet.example.cn:443", "http://localhost:80", "https://a:0", "https://a:65536", "https://a:01",
            "https://a b", "https://-a", "https://a..b", "https://u@a", "https://a?b", "https://a#b", "ftp://a", "on",
            "http://127.0.0.2", "http://127.0.0.1.example", "http://localhost.example", "https://[::1]",
        ] {
            #expect(throws: OperationError.self, "\(text)") { try Settings(text: "wallet: \"\(text)\"") }
        }
        #expect(try Settings(text: "").walletOrigin == nil)
        #expect(try Settings(text: "wallet: none").walletOrigin == nil)
        #expect(try Settings(text: "host: A.EXAMPLE").walletOrigin == "https://wallet.a.example")
        #expect(try Settings(text: "host: A.EXAMPLE\nwallet: none").walletOrigin == nil)
        #expect(Settings().walletOrigin == "https://wallet.code.suishen.example")
    }
}
